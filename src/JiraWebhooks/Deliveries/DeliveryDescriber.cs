using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>Makes the message of a delivery from its headers and envelope; the live and the failed path share it, so that both give one event
/// one identity (decision 5).</summary>
public static class DeliveryDescriber
{
    /// <summary>Describes a body that Jira kept on its failed list; <paramref name="identifier"/> is the record's id.</summary>
    public static DeliveryMessage DescribeFailed(Site site, string identifier, ReadOnlyMemory<byte> body, bool bodyMissing) =>
        throw new NotImplementedException();
}
