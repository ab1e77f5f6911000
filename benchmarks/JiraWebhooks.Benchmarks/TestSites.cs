using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Benchmarks;

/// <summary>One site per scheme, and the headers that Jira would send to it.</summary>
internal static class TestSites
{
    public const string Secret = "a-secret-of-the-benchmarks-0123456789abcdef";
    private const string ClientId = "client-of-the-benchmarks";
    private const string ClientKey = "tenant-of-the-benchmarks";
    private const string CloudId = "0a1b2c3d-1111-2222-3333-444455556666";

    public static readonly JiraWebhooksOptions Options = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    public static Site Make(SiteScheme scheme) => new()
    {
        Id = scheme.ToString().ToLowerInvariant(),
        Url = new Uri("https://acme.atlassian.net"),
        ApiUrl = new Uri($"https://api.atlassian.com/ex/jira/{CloudId}"),
        Scheme = scheme,
        ClientId = ClientId,
        ClientKey = ClientKey,
        CloudId = CloudId,
        Secret = SiteSecret.From(Secret),
    };

    /// <summary>Returns name and value of the header that signs <paramref name="body"/>.</summary>
    public static (string Name, string Value) Signature(Site site, byte[] body) => site.Scheme switch
    {
        SiteScheme.AdminWebhook => ("X-Hub-Signature", Hub(body)),
        SiteScheme.OAuth => ("Authorization", $"Bearer {Token(site)}"),
        _ => ("Authorization", $"JWT {Token(site)}"),
    };

    public static string Hub(byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));

    /// <summary>Returns a token with the claims that Atlassian was seen to send, valid for a day.</summary>
    public static string Token(Site site)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = site.Scheme is SiteScheme.OAuth
            ? $$$"""{"iss":"{{{ClientId}}}","sub":"5b10a2844c20165700ede21g","iat":{{{now}}},"exp":{{{now + 86_400}}},"jti":"9b1c2f","context":{"cloudId":"{{{CloudId}}}"}}"""
            : $$"""{"iss":"{{ClientKey}}","iat":{{now}},"exp":{{now + 86_400}},"qsh":"{{QueryHash(site)}}"}""";
        var signed = $"{Encode("""{"typ":"JWT","alg":"HS256"}""")}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string QueryHash(Site site) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"POST&/api/deliveries/{site.Id}&")));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
