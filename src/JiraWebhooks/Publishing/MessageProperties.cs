using System.Globalization;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.Publishing;

/// <summary>Writes the application properties of a message (<see cref="EventProperties"/>).</summary>
public static class MessageProperties
{
    /// <summary>Values from headers or the body are cut to this many characters, so that a caller cannot fill the header of a message.</summary>
    public const int MaxLength = 1024;

    internal static IEnumerable<KeyValuePair<string, object>> Of(DeliveryMessage message, Uri? dataRef)
    {
        yield return new(EventProperties.SpecVersion, "1.0");
        yield return new(EventProperties.Id, Cut(message.Identifier));
        yield return new(EventProperties.Source, message.Source);
        yield return new(EventProperties.Type, Cut(message.Type));
        yield return new(EventProperties.Site, message.Site);
        yield return new(EventProperties.Retry, message.Retry);
        if (message.IssueKey is { } key) yield return new(EventProperties.Subject, Cut(key));
        if (message.IssueId is { } issue) yield return new(EventProperties.IssueId, issue);
        if (message.Time is { } time) yield return new(EventProperties.Time, time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (message.Flow is { } flow) yield return new(EventProperties.Flow, Cut(flow));
        if (message.WebhookIds is { } ids) yield return new(EventProperties.WebhookIds, ids);
        if (message.Unparsed) yield return new(EventProperties.Unparsed, true);
        if (message.EventMissing) yield return new(EventProperties.EventMissing, true);
        if (message.SiteMismatch) yield return new(EventProperties.SiteMismatch, true);
        if (message.UnknownWebhook) yield return new(EventProperties.UnknownWebhook, true);
        if (message.OwnChange) yield return new(EventProperties.OwnChange, true);
        if (message.BodyMissing) yield return new(EventProperties.BodyState, "missing");
        if (message.Recovered) yield return new(EventProperties.Recovered, true);
        if (message.Reconstructed) yield return new(EventProperties.Reconstructed, true);
        if (message.TraceParent is { } trace) yield return new(EventProperties.TraceParent, trace);
        if (dataRef is not null) yield return new(EventProperties.DataRef, dataRef.ToString());
    }

    /// <summary><paramref name="value"/>, cut to <see cref="MaxLength"/> characters. It never splits a surrogate pair, because half a pair cannot be
    /// sent.</summary>
    public static string Cut(string value) =>
        value.Length <= MaxLength ? value : value[..(MaxLength - (char.IsHighSurrogate(value[MaxLength - 1]) ? 1 : 0))];
}
