using System.Net.Http.Headers;
using JiraSimulator;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace LocalHost.Inspector;

/// <summary>Sends a copy of a delivery to this host: with a new identifier, and signed with the secret of the site as Jira would.</summary>
internal sealed class Resend(ISiteStore sites, DeliveryLog log, JiraWebhooksOptions options, IHttpClientFactory clients, LocalAddress address, TimeProvider clock)
{
    public const string IdentifierHeader = "X-Atlassian-Webhook-Identifier";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(3);

    /// <summary>Returns the identifier and the status of the answer, or the reason why it is not sent.</summary>
    public async Task<(string? Identifier, int Status, string? Problem)> SendAsync(CapturedDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.BodyBytes == 0 || delivery.Body.Length < delivery.BodyBytes) return (null, 0, "Its body is not held, so it cannot be sent again.");
        if (await sites.FindAsync(delivery.Site, cancellationToken) is not { Secret: not null } site) return (null, 0, $"There is no usable site {delivery.Site}, so it cannot be signed.");

        var identifier = Guid.NewGuid().ToString("D");
        log.NoteAgain(identifier);
        var body = delivery.Body.ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address.BaseUrl, $"/api/deliveries/{delivery.Site}")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8");
        request.Headers.Add(IdentifierHeader, identifier);
        request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Flow", "Primary");
        var (name, value) = Credential(site, body);
        request.Headers.TryAddWithoutValidation(name, value);
        using var client = clients.CreateClient(nameof(Resend));
        using var answer = await client.SendAsync(request, cancellationToken);
        return (identifier, (int)answer.StatusCode, null);
    }

    private (string Name, string Value) Credential(Site site, byte[] body)
    {
        var secret = site.Secret!.Reveal();
        var now = clock.GetUtcNow();
        List<(string, object)> claims = [("iat", now.ToUnixTimeSeconds()), ("exp", (now + TokenLifetime).ToUnixTimeSeconds())];
        switch (site.Scheme)
        {
            case SiteScheme.AdminWebhook:
                return ("X-Hub-Signature", Signatures.Hub(secret, body));
            case SiteScheme.OAuth:
                return ("Authorization", $"Bearer {Signatures.Jwt(secret, [.. claims, ("iss", site.ClientId ?? ""), ("context", new Dictionary<string, string?> { ["cloudId"] = site.CloudId })])}");
            default:
                return ("Authorization", $"JWT {Signatures.Jwt(secret, [.. claims, ("iss", site.ClientKey ?? ""), ("qsh", Signatures.QueryHash("POST", PathOf(site), ""))])}");
        }
    }

    // The hash does not contain the path of the app's own base address.
    private string PathOf(Site site)
    {
        var path = options.CallbackUrl(site.Id).AbsolutePath;
        return path[path.IndexOf("/api/deliveries/", StringComparison.Ordinal)..];
    }
}

/// <summary>The address of this host on this machine.</summary>
internal sealed record LocalAddress(Uri BaseUrl);
