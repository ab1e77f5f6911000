using System.Globalization;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Subscriber;
using static JiraWebhooks.Subscriber.JsonMembers;

namespace JiraWebhooks.Recovery;

/// <summary>Builds a message from an issue that a recovery search has found. It is marked as not being a delivery: the type is not Jira's, and
/// <see cref="EventProperties.Reconstructed"/> is set. One state of an issue has one identity, so that a repeated search is harmless.</summary>
internal static class FoundIssue
{
    /// <summary>Type of every reconstructed event.</summary>
    public const string Type = "recovered:jira:issue_updated";

    /// <summary>The message, or null if the issue has no id.</summary>
    public static DeliveryMessage? Describe(Site site, JsonElement issue)
    {
        if (Text(issue, "id") is not { Length: > 0 } id) return null;

        var updated = Updated(issue);
        var identifier = string.Create(CultureInfo.InvariantCulture, $"search:{id}:{updated?.ToUnixTimeMilliseconds() ?? 0}");
        return new DeliveryMessage
        {
            Site = site.Id,
            Identifier = identifier,
            MessageId = DeliveryIdentity.MessageId(site.Id, identifier),
            SessionId = DeliveryIdentity.SessionId(site.Id, id),
            Source = site.Source,
            Type = Type,
            IssueId = MessageProperties.Cut(id),
            IssueKey = Text(issue, "key"),
            Time = updated,
            Recovered = true,
            Reconstructed = true,
            Body = Encoding.UTF8.GetBytes(issue.GetRawText()),
        };
    }

    /// <summary>Time of the newest change in <paramref name="page"/>; null if no issue has one.</summary>
    public static DateTimeOffset? NewestOf(IEnumerable<JsonElement> page) => page.Max(Updated);

    private static DateTimeOffset? Updated(JsonElement issue) =>
        JiraDateConverter.Plausible(JiraDateConverter.Parse(Text(Member(issue, "fields"), "updated")));
}
