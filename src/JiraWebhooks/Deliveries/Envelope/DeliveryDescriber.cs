using System.Diagnostics;
using System.Text;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>Builds the message of a delivery from its headers and envelope. The live and the failed path share it, so that both give an event the
/// same identity (docs/architecture.md#one-message-id).</summary>
public static class DeliveryDescriber
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
        var type = envelope.IsReadable ? JsonText.ToText(envelope.Event) : UnknownEvent;

        var message = new DeliveryMessage
        {
            Site = site.Id,
            Identifier = identifier,
            MessageId = DeliveryIdentity.MessageId(site.Id, identifier),
            SessionId = DeliveryIdentity.SessionId(site.Id, SessionKey(envelope, type)),
            Source = site.Source,
            Type = type,
            IssueKey = envelope.IssueKey.IsEmpty ? null : JsonText.ToText(envelope.IssueKey),
            Time = envelope.Timestamp is { } milliseconds ? JiraDateConverter.FromMilliseconds(milliseconds) : null,
            Flow = headers.Flow is { } flow ? MessageProperties.Cut(flow) : null,
            Retry = headers.Retry,
            WebhookIds = WebhookIds.Format(envelope.WebhookIds),
            Unparsed = !envelope.IsReadable,
            SiteMismatch = SelfLink.IsForeign(envelope.IssueSelf, site)
                || SelfLink.IsForeign(envelope.UserSelf, site)
                || SelfLink.IsForeign(envelope.CommentSelf, site),
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

    // The order of arrival is kept per issue. A worklog contains the id of its issue and belongs to the same session.
    private static string SessionKey(in Envelope envelope, string type) =>
        !envelope.IssueId.IsEmpty ? JsonText.ToText(envelope.IssueId)
        : !envelope.WorklogIssueId.IsEmpty ? JsonText.ToText(envelope.WorklogIssueId)
        : EventFamily.Of(type);
}
