using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class EnvelopePropertyTests
{
    private static readonly string[] Names =
    [
        "issue", "comment", "worklog", "user", "attachment", "sprint", "project", "changelog", "webhookEvent", "timestamp", "matchedWebhookIds", "id", "key", "self", "issueId", "author", "updateAuthor", "accountId", "x", "",
    ];

    /// <summary>Names as they stand in JSON, each in quotes; half a surrogate pair has no other form than its escape.</summary>
    private static readonly string[] EscapedNames =
    [
        "\\ud800", "\\uDC00", "issue\\ud800", "u\\udc00er", "\\ud83d\\ude00", "\\\\ud800", "webhook\\u0045vent", "\\u0069d", "\\uDEAD\\u0000",
    ];

    private static readonly Gen<string> MemberNames = Gen.Frequency(
        (9, Gen.OneOf(Names).Select(name => JsonSerializer.Serialize(name))), (1, Gen.OneOf(EscapedNames).Select(name => $"\"{name}\"")));

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Gen.Const("null"),
        Gen.Bool.Select(value => value ? "true" : "false"),
        Gen.Long.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.OneOf("1e400", "-0", "0.5", "123456789012345678901234567890", "\"17\"", "\"-3\"", "\"1 \"", "\"\\u0031\\/\"", "\"\""),
        Gen.Char.AlphaNumeric.Array[0, 8].Select(text => JsonSerializer.Serialize(new string(text))),
        Gen.Int[0, 0xD7FF].Select(code => JsonSerializer.Serialize(((char)code).ToString())));

    private static readonly Gen<string> Blanks = Gen.OneOf("", "", "", " ", "\n\t\r ");

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 300].Sample(bytes => { EnvelopeSnapshot.Read(bytes); }, iter: 20_000);

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_DamagedJson_NeverThrows() =>
        Gen.Select(Json(3), Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 2]).Sample((json, place, value, way) =>
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            var at = place % bytes.Length;
            if (way == 0) bytes[at] = value;
            EnvelopeSnapshot.Read(way == 1 ? bytes.AsSpan(0, at) : way == 2 ? bytes.AsSpan(at) : bytes);
        }, iter: 20_000);

    /// <summary>The whole message, as both paths make it: a poll that threw here would throw on the same page for ever.</summary>
    [Fact]
    [Trait("Decision", "200-after-publish")]
    public void Describe_AnyJson_NeverThrows() =>
        Gen.Select(Json(3), Gen.String[0, 1200]).Sample((json, identifier) =>
        {
            var body = Encoding.UTF8.GetBytes(json);
            _ = DeliveryDescriber.Describe(StubSites.OAuth, new DeliveryHeaders { Identifier = identifier, Flow = identifier, ContentType = identifier },
                body).Properties().Count();
            _ = DeliveryDescriber.DescribeFailed(StubSites.Connect, identifier, body, bodyMissing: false).Properties().Count();
        }, iter: 5_000);

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_AnyJson_AgreesWithDom() =>
        Json(3).Sample(json => Assert.Equal(EnvelopeSnapshot.ReadWithDom(json), EnvelopeSnapshot.Read(Encoding.UTF8.GetBytes(json))), iter: 20_000);

    [Fact]
    [Trait("Rule", "unknown-content")]
    public void Read_UnknownFieldsAnywhere_ChangeNothing() =>
        Gen.Select(Json(2), Json(2), Gen.Int[0, 1000]).Sample((json, unknown, place) =>
        {
            JsonNode? root;
            try
            {
                root = JsonNode.Parse(EnvelopeSnapshot.ForTheDom(json));
                var objects = Objects(root).ToList();
                if (objects.Count == 0) return;

                // The index makes the insertion land in front of, between or behind the known fields.
                var target = objects[place % objects.Count];
                target.Insert(place % (target.Count + 1), $"unknown{place}", JsonNode.Parse(EnvelopeSnapshot.ForTheDom(unknown)));
            }
            catch (ArgumentException)
            {
                return; // JsonNode refuses repeated names, which the comparison with the DOM covers.
            }

            Assert.Equal(EnvelopeSnapshot.Read(Encoding.UTF8.GetBytes(json)), EnvelopeSnapshot.Read(Encoding.UTF8.GetBytes(root!.ToJsonString())));
        }, iter: 5_000);

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(member => Objects(member.Value)).Prepend(all),
        JsonArray all => all.SelectMany(Objects),
        _ => [],
    };

    private static Gen<string> Json(int depth) => depth == 0 ? Scalars : Gen.Frequency((1, Scalars), (1, Array(depth)), (6, Object(depth)));

    private static Gen<string> Array(int depth) => Json(depth - 1).Array[0, 4].Select(items => $"[{string.Join(',', items)}]");

    private static Gen<string> Object(int depth) =>
        Gen.Select(MemberNames, Json(depth - 1), Blanks)
            .Array[0, 9]
            .Select(members => $"{{{string.Join(',', members.Select(member => $"{member.Item3}{member.Item1}{member.Item3}:{member.Item2}"))}}}");
}
