using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace Fuzz;

/// <summary>A token, its header and its claims. The input is each of them.</summary>
internal static class TokenTarget
{
    // What docs/jira-behaviour.md says, and not the constants of the code.
    private const int Leeway = 120;
    private const int Day = 24 * 60 * 60;

    private const long Now = 1_700_000_000;
    private const string Hash = "hash";

    private static readonly DateTimeOffset Clock = DateTimeOffset.FromUnixTimeSeconds(Now);
    private static readonly SiteSecret Unknown = SiteSecret.From("a-secret-that-the-input-does-not-know")!;

    private static readonly Site Site = new()
    {
        Id = "acme",
        Scheme = SiteScheme.OAuth,
        Url = new Uri("https://acme.atlassian.net"),
        ApiUrl = new Uri("https://api.atlassian.com"),
        ClientId = "client",
        ClientKey = "client",
        CloudId = "cloud",
    };

    public static void Run(byte[] input)
    {
        var verification = JwtVerifier.Verify(Encoding.Latin1.GetString(input), Unknown, null, JwtRules.OAuth(Site), Clock, out var wrong);
        FuzzTargets.Require(!verification.IsSigned() && wrong is null, "Without the secret there is no signature.");

        // Half a character may end the reading, or be passed over.
        using var document = Json.Parse(input);
        var isExact = document is null || !Json.HasHalf(document.RootElement);
        var isHeader = JwtHeader.IsHs256(input);
        FuzzTargets.Require(isHeader == IsHeader(document) || (!isHeader && !isExact), "A header says HS256 once, and has no crit.");
        var isObject = document is { RootElement.ValueKind: JsonValueKind.Object };
        FuzzTargets.Require(isObject || !JwtClaims.TryRead(input, JwtRules.OAuth(Site), out _), "Claims are one object, whatever they say.");
        foreach (var isConnect in new[] { false, true })
        {
            var expected = Expected(document, isConnect);
            var judged = Judged(input, isConnect ? JwtRules.Connect(Site, Hash) : JwtRules.OAuth(Site));
            FuzzTargets.Require(judged == expected || (judged is Verification.BadClaims && !isExact), "Claims are judged as the document says.");
        }
    }

    // As a delivery does it: a token with these claims and a valid signature.
    private static Verification Judged(byte[] claims, in JwtRules rules)
    {
        var signed = $"{Base64Url.EncodeToString("{\"alg\":\"HS256\"}"u8)}.{Base64Url.EncodeToString(claims)}";
        var signature = new byte[32];
        SecretHmac.Hash(Unknown, Encoding.ASCII.GetBytes(signed), signature);
        var token = $"{signed}.{Base64Url.EncodeToString(signature)}";
        if (token.Length > JwtVerifier.MaxLength || claims.Length == 0)
        {
            return JwtClaims.TryRead(claims, rules, out var read) ? rules.Judge(read, Clock, out _) : Verification.BadClaims;
        }

        var verification = JwtVerifier.Verify(token, Unknown, null, rules, Clock, out var wrong);
        FuzzTargets.Require(wrong is not null == verification is Verification.WrongTimes, "Times are told of a token that is right in all else.");
        return verification;
    }

    private static bool IsHeader(JsonDocument? document) =>
        document is { RootElement.ValueKind: JsonValueKind.Object }
        && Json.Members(document.RootElement, "alg") is [var algorithm] && Json.Text(algorithm) == "HS256"
        && Json.Members(document.RootElement, "crit").Count == 0;

    private static Verification Expected(JsonDocument? document, bool isConnect)
    {
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } claims }) return Verification.BadClaims;
        if (!TryNumber(claims, "exp", out var expires) || !TryNumber(claims, "iat", out var issued) || !TryNumber(claims, "nbf", out var notBefore)) return Verification.BadClaims;
        if (!TryText(claims, "iss", out var issuer) || !TryText(claims, "qsh", out var hash)) return Verification.BadClaims;
        if (Json.Members(claims, "context") is { Count: > 1 } || !TryCloud(claims, out var cloud)) return Verification.BadClaims;

        var isOurs = isConnect ? issuer == "client" && hash == Hash && issued is not null : issuer is null or "client";
        if (expires is null || !isOurs) return Verification.BadClaims;
        if (!isConnect && cloud is not null && !cloud.Equals("cloud", StringComparison.OrdinalIgnoreCase)) return Verification.OtherSite;

        var (late, early) = (Now - expires.Value, Math.Max(issued ?? double.MinValue, notBefore ?? double.MinValue) - Now);
        if (late < Leeway && early <= Leeway) return Verification.Authentic;

        return late > Day ? Verification.Expired : early > Day ? Verification.NotYetValid : Verification.WrongTimes;
    }

    private static bool TryNumber(JsonElement claims, string name, out double? number)
    {
        number = null;
        if (Json.Members(claims, name) is not [var only, .. var more]) return true;
        if (more.Count > 0 || only.ValueKind is not JsonValueKind.Number || !only.TryGetDouble(out var value) || !double.IsFinite(value)) return false;

        number = value;
        return true;
    }

    private static bool TryText(JsonElement claims, string name, out string? text)
    {
        var all = Json.Members(claims, name);
        text = all.Count == 1 ? Text(all[0]) : null;
        return all.Count == 0 || text is not null;
    }

    // Nothing may follow a text: two readers could choose differently. What is no text counts as absent.
    private static bool TryCloud(JsonElement claims, out string? cloud)
    {
        var all = Json.Members(claims, "context").SelectMany(context => Json.Members(context, "cloudId")).ToList();
        var first = all.FindIndex(id => id.ValueKind is JsonValueKind.String);
        cloud = first < 0 ? null : Text(all[first]);
        return first < 0 || first == all.Count - 1;
    }

    // A text that cannot be decoded is a text all the same, and none of ours.
    private static string? Text(JsonElement element) => element.ValueKind is JsonValueKind.String ? Json.Text(element) ?? "?" : null;
}
