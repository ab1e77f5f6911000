using System.Security.Cryptography;
using System.Text;

namespace JiraSimulator;

/// <summary>The kind of app on a site.</summary>
public enum SimulatedAuth
{
    /// <summary>An OAuth 2.0 (3LO) app.</summary>
    OAuth,

    /// <summary>A Connect app.</summary>
    Connect,

    /// <summary>No app: an administrator has created one webhook by hand.</summary>
    AdminWebhook,
}

/// <summary>One site of the simulated Jira Cloud. All values except the first two have defaults made from the slug.</summary>
/// <param name="Slug">Name of the site; part of its addresses in the simulator.</param>
/// <param name="Auth">The app on it.</param>
public sealed record SimulatedSiteOptions(string Slug, SimulatedAuth Auth)
{
    /// <summary>The site's cloud id.</summary>
    public string CloudId { get; init; } = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("cloud of " + Slug)).AsSpan(0, 16)).ToString();

    /// <summary>The OAuth app's client id.</summary>
    public string ClientId { get; init; } = "client-of-" + Slug;

    /// <summary>Client secret, shared secret or the webhook's secret.</summary>
    public string Secret { get; init; } = $"secret-of-{Slug}-0123456789abcdef0123456789";

    /// <summary>The Connect app's key.</summary>
    public string AppKey { get; init; } = "app.of." + Slug;

    /// <summary>The installation's clientKey.</summary>
    public string ClientKey { get; init; } = "tenant-of-" + Slug;

    /// <summary>A bearer token of a user, who is no app.</summary>
    public string UserToken { get; init; } = $"user-token-of-{Slug}-0123456789abcdef";

    /// <summary>The URL of the administrator's webhook.</summary>
    public Uri? AdminWebhookUrl { get; init; }

    /// <summary>The site's own address, as in <c>self</c> links.</summary>
    public string Url => $"https://{Slug}.atlassian.net";
}
