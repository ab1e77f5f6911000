using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>What an attacker may send to each scheme, as whole requests: always 401, never 500 and never published
/// (<see href="https://www.rfc-editor.org/rfc/rfc8725"/>).</summary>
public sealed class DeliveryAttackTests
{
    private static readonly Dictionary<string, Action<HttpRequest, Credential>> Attacks = new(StringComparer.Ordinal)
    {
        ["no credential"] = (_, _) => { },
        ["empty Authorization"] = (request, _) => request.Headers.Authorization = "",
        ["scheme alone"] = (request, credential) => request.Headers.Authorization = credential.AuthScheme,
        ["scheme and blanks"] = (request, credential) => request.Headers.Authorization = credential.AuthScheme + "    ",
        ["token without a scheme"] = (request, credential) => request.Headers.Authorization = credential.Token,
        ["the other scheme's word"] = (request, credential) => request.Headers.Authorization = $"{(credential.AuthScheme == "JWT" ? "Bearer" : "JWT")} {credential.Token}",
        ["basic authentication"] = (request, _) => request.Headers.Authorization = "Basic YWRtaW46YWRtaW4=",
        ["two Authorization headers"] = (request, credential) => request.Headers.Authorization = new StringValues([credential.Header, credential.Header]),
        ["two tokens in one header"] = (request, credential) => request.Headers.Authorization = $"{credential.Header}, {credential.Header}",
        ["alg none"] = (request, credential) => request.Headers.Authorization = Forge(credential, """{"alg":"none"}""", signature: ""),
        ["alg none, old signature kept"] = (request, credential) => request.Headers.Authorization = Forge(credential, """{"alg":"none"}"""),
        ["alg RS256"] = (request, credential) => request.Headers.Authorization = Forge(credential, """{"alg":"RS256"}"""),
        ["claims exchanged"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {Swap(credential.Token, 1, "eyJleHAiOjk5OTk5OTk5OTl9")}",
        ["signed with nothing"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {TestTokens.Sign("""{"exp":9999999999}""", "")}",
        ["signed with a blank"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {TestTokens.Sign("""{"exp":9999999999}""", " ")}",
        ["signed with the client id"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {TestTokens.Sign("""{"exp":9999999999}""", StubSites.ClientId)}",
        ["truncated"] = (request, credential) => request.Headers.Authorization = credential.Header[..^4],
        ["garbage"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} %%%.%%%.%%%",
        ["garbage base64"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} A.A.A",
        ["nul characters"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} \0.\0.\0",
        ["huge token"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {new string('A', 1_000_000)}.A.A",
        ["million dots"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {new string('.', 1_000_000)}",
        ["deeply nested claims"] = (request, credential) => request.Headers.Authorization = $"{credential.AuthScheme} {TestTokens.Sign($"{new string('[', 2000)}{new string(']', 2000)}")}",
        ["context-qsh or no qsh, no issuer"] = (request, credential) => request.Headers.Authorization =
            $"{credential.AuthScheme} {TestTokens.Sign("""{"iss":"someone","iat":1700000000,"exp":1700000100,"qsh":"context-qsh"}""")}",
        ["hub signature of another body"] = (request, _) => request.Headers["X-Hub-Signature"] = TestTokens.Hub("other"u8.ToArray()),
        ["hub signature, SHA-1"] = (request, _) => request.Headers["X-Hub-Signature"] = "sha1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ["hub signature, no digits"] = (request, _) => request.Headers["X-Hub-Signature"] = "sha256=",
        ["hub signature, keyed with nothing"] = (request, _) => request.Headers["X-Hub-Signature"] = TestTokens.Hub(ReceiverHarness.Body, ""),
        ["hub signature, huge"] = (request, _) => request.Headers["X-Hub-Signature"] = "sha256=" + new string('a', 1_000_000),
        ["hub signature, twice"] = (request, _) => request.Headers["X-Hub-Signature"] = new StringValues([TestTokens.Hub(ReceiverHarness.Body), TestTokens.Hub(ReceiverHarness.Body)]),
        ["token in the query"] = (request, _) => request.QueryString = new("?jwt=A.A.A&jwt"),
    };

    private readonly ReceiverHarness _harness = new();

    public static TheoryData<string, string> All =>
        new(from site in new[] { "acme", "globex", "initech", "unknown" } from attack in Attacks.Keys select (site, attack));

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_Attack_Is401AndNothingIsPublished(string site, string attack)
    {
        var context = _harness.Request(site);
        Attacks[attack](context.Request, CredentialOf(site));

        Assert.Equal(401, (await _harness.SendAsync(context)).Status);
        Assert.Empty(_harness.Publisher.Messages);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_GenuineTokenOfTheTable_IsAccepted(string site)
    {
        // Else the attacks above could be refused for the wrong reason.
        var context = _harness.Request(site);
        context.Request.Headers.Authorization = CredentialOf(site).Header;

        Assert.Equal(200, (await _harness.SendAsync(context)).Status);
    }

    [Theory]
    [InlineData(SiteScheme.OAuth)]
    [InlineData(SiteScheme.Connect)]
    [InlineData(SiteScheme.AdminWebhook)]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_AnotherSchemesGenuineCredential_Is401(SiteScheme scheme)
    {
        // All sites share a secret here, so only the scheme tells them apart.
        var site = new[] { StubSites.OAuth, StubSites.Connect, StubSites.Admin }.Single(site => site.Scheme == scheme);
        foreach (var other in new[] { StubSites.OAuth, StubSites.Connect, StubSites.Admin }.Where(other => other != site))
        {
            var context = _harness.Request(other);
            context.Request.Path = $"/api/deliveries/{site.Id}";

            Assert.Equal(401, (await _harness.SendAsync(context)).Status);
        }
    }

    private Credential CredentialOf(string site) => site == "globex"
        ? new("JWT", TestTokens.Connect(_harness.Clock.GetUtcNow(), "/api/deliveries/globex"))
        : new("Bearer", TestTokens.OAuth(_harness.Clock.GetUtcNow()));

    private static string Forge(Credential credential, string header, string? signature = null)
    {
        var forged = Swap(credential.Token, 0, System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(header)));
        return $"{credential.AuthScheme} {(signature is null ? forged : Swap(forged, 2, signature))}";
    }

    private static string Swap(string token, int part, string with)
    {
        var parts = token.Split('.');
        parts[part] = with;
        return string.Join('.', parts);
    }

    private sealed record Credential(string AuthScheme, string Token)
    {
        public string Header => $"{AuthScheme} {Token}";
    }
}
