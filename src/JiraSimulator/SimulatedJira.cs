using System.Text;
using System.Text.Json.Nodes;

namespace JiraSimulator;

/// <summary>A Jira Cloud with several sites. All its time comes from one clock, so that a test can pass 30 days in a moment;
/// <paramref name="seed"/> decides what is random.</summary>
public sealed class SimulatedJira(TimeProvider clock, int seed = 1)
{
    private const int LargestBody = 25 * 1024 * 1024;

    private readonly List<SimulatedSite> _sites = [];
    private readonly HashSet<string> _hidden = [];
    private readonly Deliveries _deliveries = new(clock, seed);

    /// <summary>The sites.</summary>
    public IReadOnlyList<SimulatedSite> Sites => _sites;

    /// <summary>The emitted events and the responses.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Errors of all sites and of the authorization server.</summary>
    public Faults Faults { get; } = new();

    /// <summary>The authorization server.</summary>
    public OAuthServer OAuth { get; } = new(clock);

    /// <summary>When the next delivery or retry is due; null if none is pending.</summary>
    public DateTimeOffset? NextDue => _deliveries.NextDue;

    /// <summary>Deliveries that wait for their first or next attempt.</summary>
    public int Pending => _deliveries.Pending;

    /// <summary>The time between two attempts of a delivery; null for Jira's 5 to 15 minutes.</summary>
    public TimeSpan? RetryAfter
    {
        get => _deliveries.RetryAfter;
        set => _deliveries.RetryAfter = value;
    }

    internal TimeProvider Clock => clock;

    internal IEnumerable<SimulatedSite> Visible => _sites.Where(site => !_hidden.Contains(site.Options.Slug));

    /// <summary>Adds a site.</summary>
    public SimulatedSite AddSite(SimulatedSiteOptions options)
    {
        var site = new SimulatedSite(options, clock);
        _sites.Add(site);
        return site;
    }

    /// <summary>Removes a site from the sites that a consent reaches, as if the person who consents had no account there.</summary>
    public void Hide(string slug) => _hidden.Add(slug);

    /// <summary>Emits an event on a site: one delivery per callback URL, for all its webhooks that match, is due at once. The JQL of a filter always
    /// matches. Returns the identifiers of the deliveries; none if no webhook is alive and matches, or the body is above 25 MB.</summary>
    /// <param name="slug">The site.</param>
    /// <param name="webhookEvent">The event's name.</param>
    /// <param name="bodyJson">The body without <c>webhookEvent</c> and <c>matchedWebhookIds</c>.</param>
    /// <param name="isSecondary">True for a side effect of a bulk change.</param>
    /// <param name="trace">The trace that a Connect app set on the call that caused this.</param>
    public IReadOnlyList<string> Emit(string slug, string webhookEvent, string bodyJson, bool isSecondary = false, string? trace = null)
    {
        var site = _sites.Single(site => site.Options.Slug == slug);
        site.Issues.Apply(webhookEvent, JsonNode.Parse(bodyJson)!.AsObject());
        if (site.Options.Auth is SimulatedAuth.AdminWebhook)
        {
            return site.Options.AdminWebhookUrl is { } url ? [.. Queue(url.AbsoluteUri, null)] : [];
        }

        return [.. site.Webhooks
            .Where(webhook => webhook.Events.Contains(webhookEvent))
            .GroupBy(webhook => webhook.Url)
            .SelectMany(group => Queue(group.Key, [.. group.Select(webhook => webhook.Id)]))];

        IEnumerable<string> Queue(string url, long[]? matched)
        {
            var body = JsonNode.Parse(bodyJson)!.AsObject();
            body["webhookEvent"] = webhookEvent;
            if (matched is not null) body["matchedWebhookIds"] = new JsonArray([.. matched.Select(id => (JsonNode)id)]);

            var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
            if (bytes.Length > LargestBody) yield break;

            var identifier = _deliveries.NewIdentifier();
            Ledger.Add(new EmittedEvent(site.Options.Slug, identifier, webhookEvent, clock.GetUtcNow(), bytes));
            _deliveries.Add(new PendingDelivery(site, identifier, new Uri(url), bytes, clock.GetUtcNow()) { IsSecondary = isSecondary, Trace = trace });
            yield return identifier;
        }
    }

    /// <summary>Sends what is due now and waits for all responses; returns how many were sent.</summary>
    public Task<int> DeliverDueAsync(HttpClient client, CancellationToken cancellationToken) =>
        _deliveries.SendDueAsync(client, Ledger, cancellationToken);
}
