using Azure;

namespace JiraWebhooks.Deliveries;

/// <summary>Tells failures that pass from those that somebody has to mend. It sets the log level and so the alert, never the answer:
/// both are 503 (decision 1).</summary>
internal static class FailureKind
{
    /// <summary>True for missing rights, missing resources and errors in the program.</summary>
    public static bool IsPermanent(Exception? cause) => cause switch
    {
        null => false,
        RequestFailedException { Status: 408 or 429 } => false,
        RequestFailedException { Status: >= 400 and < 500 } => true,
        UnauthorizedAccessException or ArgumentException or NotSupportedException or NotImplementedException or NullReferenceException => true,
        _ => cause.InnerException is { } inner && IsPermanent(inner),
    };
}
