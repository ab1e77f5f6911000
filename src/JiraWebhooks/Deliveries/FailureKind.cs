using Azure;
using Azure.Identity;
using JiraWebhooks.Publishing;

namespace JiraWebhooks.Deliveries;

/// <summary>Separates temporary failures from those that need a fix. This sets the log level and so the alert, never the answer:
/// both are 503 (docs/architecture.md#200-after-publish).</summary>
internal static class FailureKind
{
    /// <summary>True for missing identities, permissions and resources, a full bus, and program errors.</summary>
    public static bool IsPermanent(Exception? cause) => cause switch
    {
        null => false,
        RequestFailedException { Status: 408 or 429 } => false,
        RequestFailedException { Status: >= 400 and < 500 } => true,
        PublishFailedException or AuthenticationFailedException => true,
        UnauthorizedAccessException or ArgumentException or NotSupportedException or NotImplementedException or NullReferenceException => true,
        _ => cause.InnerException is { } inner && IsPermanent(inner),
    };
}
