using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Tests.Support;

/// <summary>Site store with fixed sites, and a hook to make it fail or hang.</summary>
internal sealed class StubSites(params Site[] sites) : ISiteStore
{
    public const string Secret = "a-secret-of-the-test-only-0123456789abcdef";
    public const string PreviousSecret = "a-previous-secret-of-the-test-0123456789ab";
    public const string ClientId = "client-of-the-test";
    public const string CloudId = "0a1b2c3d-1111-2222-3333-444455556666";
    public const string ClientKey = "tenant-of-the-test";

    public static readonly Site OAuth = Make("acme", SiteScheme.OAuth);
    public static readonly Site Connect = Make("globex", SiteScheme.Connect);
    public static readonly Site Admin = Make("initech", SiteScheme.AdminWebhook);

    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public List<Site> Sites { get; } = [.. sites];

    public HashSet<string> Erased { get; } = [];

    /// <summary>Ids without a site for which a delivery of the app came.</summary>
    public List<string> Noted { get; } = [];

    public bool KeepsNoNames { get; set; }

    public async ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        return Sites.Find(site => site.Id == siteId);
    }

    public bool IsErased(string siteId) => Erased.Contains(siteId);

    public bool NoteMissing(string siteId)
    {
        if (!KeepsNoNames) Noted.Add(siteId);
        return !KeepsNoNames;
    }

    public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => new(Sites);

    private static Site Make(string id, SiteScheme scheme) => new()
    {
        Id = id,
        Url = new Uri($"https://{id}.atlassian.net"),
        Scheme = scheme,
        ApiUrl = new Uri(scheme is SiteScheme.OAuth ? $"https://api.atlassian.com/ex/jira/{CloudId}" : $"https://{id}.atlassian.net"),
        CloudId = scheme is SiteScheme.OAuth ? CloudId : null,
        ClientId = scheme is SiteScheme.OAuth ? ClientId : null,
        ClientKey = scheme is SiteScheme.Connect ? ClientKey : null,
        AppKey = scheme is SiteScheme.Connect ? "app-of-the-test" : null,
        Secret = SiteSecret.From(Secret),
        PreviousSecret = SiteSecret.From(PreviousSecret),
    };
}
