using System.Text;
using System.Text.Json;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace Fuzz;

/// <summary>A token, its header and its claims. The input is each of them.</summary>
internal static class TokenTarget
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly SiteSecret Secret = SiteSecret.From("a-secret-that-the-input-does-not-know")!;

    private static readonly JwtRules Rules = JwtRules.OAuth(new Site
    {
        Id = "acme",
        Scheme = SiteScheme.OAuth,
        Url = new Uri("https://acme.atlassian.net"),
        ApiUrl = new Uri("https://api.atlassian.com"),
        ClientId = "client",
        CloudId = "cloud",
    });

    public static void Run(byte[] input)
    {
        var verification = JwtVerifier.Verify(Encoding.Latin1.GetString(input), Secret, null, Rules, Now, out var wrong);
        FuzzTargets.Require(!verification.IsSigned() && wrong is null, "Without the secret there is no signature.");

        Header(input);
        Claims(input);
    }

    private static void Header(byte[] input)
    {
        if (!JwtHeader.IsHs256(input)) return;

        using var document = Json.Parse(input);
        FuzzTargets.Require(document is not null, "A header is JSON.");
        var algorithms = Json.Members(document!.RootElement, "alg");
        FuzzTargets.Require(algorithms.Count == 1 && Json.Text(algorithms[0]) == "HS256", "A header says HS256 once.");
        FuzzTargets.Require(Json.Members(document.RootElement, "crit").Count == 0, "A header has no crit.");
    }

    private static void Claims(byte[] input)
    {
        if (!JwtClaims.TryRead(input, Rules, out var claims)) return;

        using var document = Json.Parse(input);
        FuzzTargets.Require(document is { RootElement.ValueKind: JsonValueKind.Object } || Judged(claims) is Verification.BadClaims, "Claims that count are an object.");
        if (Judged(claims) is Verification.BadClaims || document is null) return;

        var expires = Json.Members(document.RootElement, "exp");
        FuzzTargets.Require(expires.Count == 1 && expires[0].ValueKind is JsonValueKind.Number, "exp is a number, once.");
        var issuers = Json.Members(document.RootElement, "iss");
        FuzzTargets.Require(issuers.Count == 0 || (issuers.Count == 1 && Json.Text(issuers[0]) == "client"), "iss is absent, or ours.");
        if (Judged(claims) is Verification.OtherSite) return;

        var clouds = Json.Members(document.RootElement, "context").SelectMany(context => Json.Members(context, "cloudId")).Select(Json.Text).OfType<string>();
        FuzzTargets.Require(clouds.All(cloud => cloud.Equals("cloud", StringComparison.OrdinalIgnoreCase)), "context.cloudId is ours.");
        FuzzTargets.Require(Judged(claims) is not Verification.Authentic || expires[0].GetDouble() > Now.ToUnixTimeSeconds() - 600, "A valid token has not expired.");
    }

    private static Verification Judged(in JwtClaims claims) => Rules.Judge(claims, Now, out _);
}
