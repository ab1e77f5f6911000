using System.Text;
using System.Text.Json;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;

namespace Fuzz;

/// <summary>The body of a delivery. Whatever it is, it must become a message that the bus takes.</summary>
internal static class EnvelopeTarget
{
    private const int MostIdCharacters = 128;

    private static readonly Site Site = new()
    {
        Id = "acme",
        Scheme = SiteScheme.OAuth,
        Url = new Uri("https://acme.atlassian.net"),
        ApiUrl = new Uri("https://api.atlassian.com"),
        CloudId = "cloud",
    };

    public static void Run(byte[] input)
    {
        // A part of the input is the identifier, so that both sources of the identity are tried.
        var cut = input.Length > 0 ? Math.Min(input[0] % 64, input.Length - 1) : 0;
        var body = input.AsMemory(input.Length > 0 ? 1 + cut : 0);
        var identifier = Encoding.Latin1.GetString(input.AsSpan(Math.Min(1, input.Length), cut));

        var envelope = EnvelopeReader.Read(body.Span);
        var live = DeliveryDescriber.Describe(Site, new DeliveryHeaders { Identifier = identifier }, body);
        var failed = DeliveryDescriber.DescribeFailed(Site, identifier, body.ToArray(), bodyMissing: false);

        FuzzTargets.Require(live.Body.Span.SequenceEqual(body.Span), "The body is published as it came.");
        FuzzTargets.Require(live.MessageId.Length is > 0 and <= MostIdCharacters && live.SessionId.Length is > 0 and <= MostIdCharacters, "Ids fit the bus.");
        FuzzTargets.Require(identifier.Trim().Length == 0 || live.MessageId == failed.MessageId, "A recovered delivery has the identity of the live one.");
        FuzzTargets.Require(live.Properties().All(property => property.Value is string or int or long or bool), "Properties are scalars.");
        Compare(envelope, body);
    }

    private static void Compare(in Envelope envelope, ReadOnlyMemory<byte> body)
    {
        using var document = Json.Parse(body, depth: 1_000);
        if (document is null) return;

        var isObject = document.RootElement.ValueKind is JsonValueKind.Object;
        FuzzTargets.Require(isObject == envelope.IsReadable, "An object is readable, and nothing else.");
        var events = Json.Members(document.RootElement, "webhookEvent");
        if (events.Count == 0 || Json.Text(events[^1]) is not { } name) return;

        FuzzTargets.Require(name == Encoding.UTF8.GetString(envelope.Event), "The last webhookEvent is the event.");
    }
}
