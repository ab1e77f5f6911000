using System.Security.Cryptography;
using System.Text;

namespace JiraWebhooks.Tests.Support;

/// <summary>Makes signatures as Jira does, and as an attacker would.</summary>
internal static class TestTokens
{
    public const string Header = """{"typ":"JWT","alg":"HS256"}""";

    public static string Sign(string payload, string secret = StubSites.Secret, string header = Header) =>
        Jws.Sign(header, payload, secret);

    public static string Sign(byte[] payload, string secret, string header = Header) => Jws.Sign(header, payload, secret);

    public static string OAuth(DateTimeOffset now, string secret = StubSites.Secret) =>
        Sign($$"""{"iss":"{{StubSites.ClientId}}","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 180}}}""", secret);

    /// <summary>A Connect token for a POST to <paramref name="path"/>; <paramref name="query"/> is in its canonical form.</summary>
    public static string Connect(DateTimeOffset now, string path, string query = "", string secret = StubSites.Secret)
    {
        var queryHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"POST&{path}&{query}")));
        return Sign($$"""{"iss":"{{StubSites.ClientKey}}","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 900}},"qsh":"{{queryHash}}"}""", secret);
    }

    public static string Hub(byte[] body, string secret = StubSites.Secret) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
