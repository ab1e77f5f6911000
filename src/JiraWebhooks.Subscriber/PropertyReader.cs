using System.Globalization;

namespace JiraWebhooks.Subscriber;

/// <summary>Reads the properties of a message. A value of an unexpected type counts as absent.</summary>
internal static class PropertyReader
{
    public static JiraEvent Read(string? messageId, string? sessionId, string? subject, IReadOnlyDictionary<string, object> properties, BinaryData body)
    {
        var read = new JiraEvent
        {
            Type = Text(properties, EventProperties.Type) ?? subject ?? "unknown",
            Site = Text(properties, EventProperties.Site) ?? "",
            Identifier = Text(properties, EventProperties.Id) ?? messageId ?? "",
            MessageId = messageId ?? "",
            SessionId = sessionId,
            IssueId = Text(properties, EventProperties.IssueId),
            IssueKey = Text(properties, EventProperties.Subject),
            Time = DateTimeOffset.TryParse(Text(properties, EventProperties.Time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
            WebhookIds = Ids(Text(properties, EventProperties.WebhookIds)),
            Retry = properties.GetValueOrDefault(EventProperties.Retry) is int retry ? retry : 0,
            IsRecovered = Flag(properties, EventProperties.Recovered),
            IsReconstructed = Flag(properties, EventProperties.Reconstructed),
            IsOwnChange = Flag(properties, EventProperties.OwnChange),
            IsRedriven = Flag(properties, EventProperties.Redriven),
            IsOfAnotherSite = Flag(properties, EventProperties.SiteMismatch),
            IsOfUnknownWebhook = Flag(properties, EventProperties.UnknownWebhook),
            IsBodyMissing = Text(properties, EventProperties.BodyState) == "missing",
            DataRef = Uri.TryCreate(Text(properties, EventProperties.DataRef), UriKind.Absolute, out var reference) ? reference : null,
            Body = body,
        };
        return properties.ContainsKey(EventProperties.DataRef) && read.DataRef is null
            ? read with { BodyProblem = $"The property {EventProperties.DataRef} is not an address." }
            : BodyReader.Read(read);
    }

    private static string? Text(IReadOnlyDictionary<string, object> properties, string name) => properties.GetValueOrDefault(name) as string;

    private static bool Flag(IReadOnlyDictionary<string, object> properties, string name) => properties.GetValueOrDefault(name) is true;

    private static List<long> Ids(string? text)
    {
        var ids = new List<long>();
        foreach (var id in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) ids.Add(number);
        }

        return ids;
    }
}
