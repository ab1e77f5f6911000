using JiraWebhooks.Jira;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>What one run knows about its site so far.</summary>
internal sealed partial class SiteRun
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly Dictionary<long, string> _remembered;
    private Dictionary<long, Webhook> _listed;

    public SiteRun(Site site, Uri callback, IReadOnlyList<Webhook> listed, IReadOnlyList<WebhookRow> rows, DateTimeOffset now)
    {
        Site = site;
        Callback = callback;
        Began = now;
        _listed = listed.ToDictionary(webhook => webhook.Id);
        _remembered = rows.DistinctBy(row => row.WebhookId).ToDictionary(row => row.WebhookId, row => row.Name);

        // Older tenants list no URL. Then only remembered webhooks are known to be ours.
        Elsewhere = [.. listed.Where(webhook => webhook.Url is { } url && url != callback)];
        Unaddressed = [.. listed.Where(webhook => webhook.Url is null && !_remembered.ContainsKey(webhook.Id))];
        Ours = [.. listed.Except(Elsewhere).Except(Unaddressed).Select(webhook => webhook.Id)];
        var definitions = site.Webhooks.ToDictionary(declared => declared.Name, Definition.Fingerprint);
        Rows = rows.ToDictionary(row => row.Name, row => row with
        {
            Seen = Ours.Contains(row.WebhookId) ? now : row.Seen,

            // A refusal counts only for the definition that is declared now. A definition that is removed and later declared again is retried.
            Refusal = row.Refusal?.Definition == definitions.GetValueOrDefault(row.Name) ? row.Refusal : null,
        });
        Problems = [.. site.WebhookProblems, .. NothingDeclared(), .. site.Webhooks.Select(one => Refused(one)?.Problem(site.Id, one.Name)).OfType<string>()];
    }

    public Site Site { get; }

    public Uri Callback { get; }

    /// <summary>When the list was read.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>Webhooks of this app under another URL.</summary>
    public IReadOnlyList<Webhook> Elsewhere { get; }

    /// <summary>Webhooks listed without a URL and not remembered: their owner is unknown.</summary>
    public IReadOnlyList<Webhook> Unaddressed { get; }

    /// <summary>Ids of the webhooks that were ours when the run began.</summary>
    public HashSet<long> Ours { get; }

    /// <summary>The remembered rows, by name of the declared webhook.</summary>
    public Dictionary<string, WebhookRow> Rows { get; }

    /// <summary>Ids created by this run.</summary>
    public HashSet<long> Created { get; } = [];

    /// <summary>Ids whose deletion Jira has accepted.</summary>
    public HashSet<long> Deleted { get; } = [];

    /// <summary>Names of the declared webhooks that Jira did not extend and that have few days left.</summary>
    public HashSet<string> Critical { get; } = [];

    public List<string> Problems { get; }

    /// <summary>What Jira refuses in this run.</summary>
    public RunRefusals Refusals { get; } = new();

    /// <summary>How long Jira asks to wait; null if it does not.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>True if the time of the run ended during this site's turn.</summary>
    public bool IsCutShort { get; set; }

    /// <summary>Since when a webhook was missing in this run, as far as known; null if none was.</summary>
    public DateTimeOffset? GapStart { get; private set; }

    /// <summary>Webhooks of this app that are not this installation's, as far as known (docs/architecture.md#take-over).</summary>
    public IReadOnlyList<Webhook> Others => [.. Elsewhere, .. Unaddressed];

    /// <summary>How many more webhooks Jira accepts.</summary>
    public int Room => DeclaredWebhookValidator.Limit(Site.Scheme) - _listed.Keys.Union(Created).Count();

    /// <summary>Replaces the list after Jira was asked again.</summary>
    public void Update(IReadOnlyList<Webhook> listed) => _listed = listed.ToDictionary(webhook => webhook.Id);

    /// <summary>Adds a time since when a webhook was missing; the earliest counts. Null is ignored.</summary>
    public void AddGap(DateTimeOffset? since)
    {
        if (since is { } time && !(GapStart <= time)) GapStart = time;
    }

    public Webhook? Listed(long id) => _listed.GetValueOrDefault(id);

    /// <summary>True if the webhook of the row is ours and exists, as far as Jira has said.</summary>
    public bool IsLive(WebhookRow row) =>
        !Deleted.Contains(row.WebhookId) && (Created.Contains(row.WebhookId) || (Ours.Contains(row.WebhookId) && _listed.ContainsKey(row.WebhookId)));

    /// <summary>Our webhooks that no declared webhook uses: replaced, no longer declared, or created by a run that could not save them.</summary>
    public List<long> UnclaimedIds() =>
        [.. Ours.Intersect(_listed.Keys).Except(Deleted).Except(Site.Webhooks.Select(declared => Rows.GetValueOrDefault(declared.Name)?.WebhookId ?? 0))];

    /// <summary>Those of <see cref="UnclaimedIds"/> that may be deleted.</summary>
    public List<long> DeletableIds() => Site.IsDeclarationUncertain ? [] : UnclaimedIds();

    /// <summary>True if no event is lost when a webhook that no declared one uses is deleted: it was replaced, or all declared webhooks are live. Until
    /// then it may be the only one that reports an event, for example after a webhook was renamed.</summary>
    public bool IsRedundant(long id) => AllDeclaredLive || Site.Webhooks.Any(declared => declared.Name == _remembered.GetValueOrDefault(id) && LiveRow(declared) is not null);

    /// <summary>The result of the run so far.</summary>
    public SiteRefresh Result(DateTimeOffset now)
    {
        var live = Site.Webhooks.Select(LiveRow).OfType<WebhookRow>().ToList();
        var created = Site.Webhooks.Where(IsUpToDate).Select(declared => Rows[declared.Name]).Where(row => Created.Contains(row.WebhookId)).ToList();
        return new SiteRefresh(Site.Id)
        {
            Registered = created.Count(row => !Critical.Contains(row.Name)),
            Replaced = created.Count(row => Critical.Contains(row.Name)),
            Extended = live.Count(row => !Created.Contains(row.WebhookId) && Listed(row.WebhookId)?.ExpirationDate - now > SiteRefresher.Extended),
            Failed = Site.Webhooks.Count(declared => !IsUpToDate(declared)),
            SoonestExpiry = live.Min(row => Listed(row.WebhookId) is { } webhook ? webhook.ExpirationDate : now + Lifetime),
            RetryAfter = RetryAfter,
            IsCutShort = IsCutShort,
            Problem = Problems.Count == 0 ? null : string.Join(' ', Problems),
        };
    }

    private IEnumerable<string> NothingDeclared()
    {
        if (!Site.DeclaresNothing || Site.WebhookProblems.Count > 0 || !Rows.Values.Any(IsLive)) yield break;

        yield return "No webhook is declared for this site any more, so those that it has are kept and extended. Declare at least one"
            + (Site.IsStored ? ", or disable the site to delete them." : ". To give them up, remove the site from the settings: they expire within 30 days.");
    }
}
