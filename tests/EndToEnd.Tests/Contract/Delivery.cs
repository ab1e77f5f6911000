using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using JiraSimulator;

namespace EndToEnd.Tests.Contract;

/// <summary>Deliveries as Jira signs them, and as it does not.</summary>
internal static class Delivery
{
    public const string Identifier = "11111111-2222-3333-4444-555555555555";

    /// <summary>The body of most deliveries here.</summary>
    public const string Body = """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"SHOP-2"},"matchedWebhookIds":[1001]}""";

    // Not a constant of the process: the classes run in any order, and the last of them minutes after the first.
    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public static HttpRequestMessage To(string site, string body = Body, params ReadOnlySpan<(string Name, string Value)> headers) =>
        To(site, Encoding.UTF8.GetBytes(body), headers);

    public static HttpRequestMessage To(string site, byte[] body, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/deliveries/{site}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Identifier", Identifier);
        foreach (var (name, value) in headers)
        {
            HttpHeaders all = name.StartsWith("Content-", StringComparison.Ordinal) ? request.Content.Headers : request.Headers;
            all.Remove(name);
            all.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Sends a delivery of an administrator's webhook until it is taken: the first one of a process may take longer than a delivery may.</summary>
    public static async Task FirstAsync(HttpClient http, string site, string secret, CancellationToken cancellationToken)
    {
        HttpStatusCode status;
        do
        {
            using var request = To(site, headers: Hub(secret));
            using var response = await http.SendAsync(request, cancellationToken);
            status = response.StatusCode;
        }
        while (status is HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    /// <summary>The header of an OAuth app's delivery; a claim of null is left out.</summary>
    public static (string Name, string Value) Bearer(SimulatedSiteOptions site, string? secret = null, string? issuer = null,
        string? cloudId = null, TimeSpan expiresIn = default, TimeSpan issuedIn = default) =>
        ("Authorization", "Bearer " + Signatures.Jwt(
            secret ?? site.Secret, ("iss", issuer ?? site.ClientId), ("iat", Now + (issuedIn == default ? -1000 : (long)issuedIn.TotalSeconds)),
            ("exp", Now + (expiresIn == default ? 900 : (long)expiresIn.TotalSeconds)), ("context", new { cloudId = cloudId ?? site.CloudId })));

    /// <summary>The token of a Connect app's delivery.</summary>
    public static string ConnectToken(SimulatedSiteOptions site, string path, TimeSpan expiresIn = default) =>
        Signatures.Jwt(site.Secret, ("iss", site.ClientKey), ("iat", Now - 1000), ("exp", Now + (expiresIn == default ? 900 : (long)expiresIn.TotalSeconds)),
            ("qsh", Signatures.QueryHash("POST", path, "")));

    /// <summary>The header of a Connect app's delivery.</summary>
    public static (string Name, string Value) Connect(SimulatedSiteOptions site, TimeSpan expiresIn = default) =>
        ("Authorization", "JWT " + ConnectToken(site, string.Create(CultureInfo.InvariantCulture, $"/api/deliveries/{site.Slug}"), expiresIn));

    /// <summary>The header of an administrator's webhook.</summary>
    public static (string Name, string Value) Hub(string secret, string body = Body) => ("X-Hub-Signature", Signatures.Hub(secret, Encoding.UTF8.GetBytes(body)));
}
