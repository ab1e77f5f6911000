using System.Diagnostics;
using System.Text;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>Builds the message of a delivery from its headers and envelope. The live and the failed path share it, so that both give an event the
/// same identity (docs/architecture.md#one-message-id).</summary>
internal static class DeliveryDescriber
{
    private const string UnknownEvent = "unknown";

    /// <summary>Describes a body that Jira kept on its failed list; <paramref name="identifier"/> is the record's id.</summary>
    public static DeliveryMessage DescribeFailed(Site site, string identifier, ReadOnlyMemory<byte> body, bool bodyMissing)
    {
        var headers = new DeliveryHeaders { Identifier = string.IsNullOrWhiteSpace(identifier) ? null : identifier };
        return Describe(site, headers, body) with { Recovered = true, BodyMissing = bodyMissing };
    }

    /// <summary>Describes a live delivery. Never throws, even on invalid headers or an invalid body.</summary>
    internal static DeliveryMessage Describe(Site site, in DeliveryHeaders headers, ReadOnlyMemory<byte> body)
    {
        var envelope = EnvelopeReader.Read(body.Span);
        var identifier = headers.Identifier ?? FallbackIdentifier.Of(envelope, body.Span);
        var type = envelope.Event.IsEmpty ? UnknownEvent : JsonText.ToText(envelope.Event);
        var issue = envelope.Issue.IsEmpty ? null : JsonText.ToText(envelope.Issue);

        var message = new DeliveryMessage
        {
            Site = site.Id,
            Identifier = identifier,
            MessageId = DeliveryIdentity.MessageId(site.Id, identifier),
            // The order of arrival is kept per issue. Worklogs and comments contain the id of their issue and belong to the same session.
            SessionId = DeliveryIdentity.SessionId(site.Id, issue ?? EventFamily.Of(type)),
            Source = site.Source,
            Type = type,
            IssueId = issue,
            IssueKey = envelope.IssueKey.IsEmpty ? null : JsonText.ToText(envelope.IssueKey),
            Time = envelope.Timestamp is { } milliseconds ? JiraDateConverter.FromMilliseconds(milliseconds) : null,
            Flow = headers.Flow is { } flow ? MessageProperties.Cut(flow) : null,
            Retry = headers.Retry,
            WebhookIds = WebhookIds.Format(envelope.WebhookIds),
            Unparsed = !envelope.IsReadable,
            EventMissing = envelope.IsReadable && envelope.Event.IsEmpty,
            SiteMismatch = SelfLink.AnyForeign(envelope, site),
            OwnChange = IsOwn(envelope.Actor, site.OwnAccountIds),
            TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
            Body = body,
        };

        return headers.ContentType is { } contentType ? message with { ContentType = MessageProperties.Cut(contentType) } : message;
    }

    private static bool IsOwn(ReadOnlySpan<byte> actor, IReadOnlyList<string> own)
    {
        for (var account = 0; account < own.Count; account++)
        {
            if (Ascii.Equals(actor, own[account])) return true;
        }

        return false;
    }
}
