namespace JiraSimulator;

/// <summary>A dynamic webhook.</summary>
/// <param name="Id">Unique on its site only.</param>
/// <param name="Url">Callback URL.</param>
/// <param name="Events">Event names.</param>
/// <param name="Jql">The filter as Jira stores it, which may differ from the filter that was sent.</param>
public sealed record SimulatedWebhook(long Id, string Url, IReadOnlyList<string> Events, string Jql)
{
    /// <summary>After this it is neither delivered nor listed.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>When an accepted deletion takes effect, or null.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The filter as it was sent.</summary>
    public IReadOnlyList<string>? FieldIdsFilter { get; init; }

    /// <summary>The filter as it was sent.</summary>
    public IReadOnlyList<string>? IssuePropertyKeysFilter { get; init; }
}

/// <summary>How the failed list interprets <c>after</c>.</summary>
public enum AfterMeaning
{
    /// <summary>Records later than that time.</summary>
    Exclusive,

    /// <summary>Records of that time and later.</summary>
    Inclusive,

    /// <summary>It is ignored: only <c>failedAfter</c>, which the list's own links have, is used.</summary>
    Ignored,
}

/// <summary>The form of dates in answers.</summary>
public enum DateForm
{
    /// <summary>Text, as in the examples of Jira's documentation and as clients observe it: <c>2019-06-01T12:42:30.000+0000</c>.</summary>
    Text,

    /// <summary>Epoch milliseconds, as the schema says.</summary>
    Number,
}

/// <summary>A delivery after its last retry.</summary>
public sealed record FailedRecord(string Id, string Url, long FailureTime, string? Body);

/// <summary>One tenant: its webhooks and its failed list.</summary>
public sealed class SimulatedSite(SimulatedSiteOptions initial, TimeProvider clock)
{
    /// <summary>Jira deletes failed deliveries after this time.</summary>
    public static readonly TimeSpan FailedLifetime = TimeSpan.FromHours(72);

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>The time from the answer to a deletion until the webhook is gone.</summary>
    public TimeSpan DeletionTime { get; set; } = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, SimulatedWebhook> _webhooks = [];
    private readonly List<FailedRecord> _failed = [];
    private long _lastId = 1000;

    /// <summary>The options of the site.</summary>
    public SimulatedSiteOptions Options { get; private set; } = initial;

    /// <summary>Errors of this site only.</summary>
    public Faults Faults { get; } = new();

    /// <summary>Its issues.</summary>
    public SimulatedIssues Issues { get; } = new(clock);

    /// <summary>False: a refresh is answered but extends nothing, which Jira's documentation allows.</summary>
    public bool RefreshExtends { get; set; } = true;

    /// <summary>How the failed list interprets <c>after</c>; no documentation defines it to the millisecond.</summary>
    public AfterMeaning After { get; set; }

    /// <summary>The form of <c>expirationDate</c>; documentation and schema differ.</summary>
    public DateForm Dates { get; set; }

    /// <summary>False: listings have no URLs, as on older tenants.</summary>
    public bool ListsUrls { get; set; } = true;

    /// <summary>How many extensions of webhooks were granted.</summary>
    public int Extensions { get; private set; }

    /// <summary>The webhooks that are alive now.</summary>
    public IReadOnlyList<SimulatedWebhook> Webhooks
    {
        get
        {
            lock (_gate) return [.. _webhooks.Values.Where(Lives)];
        }
    }

    /// <summary>The failed list as of now, oldest first.</summary>
    public IReadOnlyList<FailedRecord> Failed
    {
        get
        {
            var oldest = (clock.GetUtcNow() - FailedLifetime).ToUnixTimeMilliseconds();
            lock (_gate) return [.. _failed.Where(record => record.FailureTime >= oldest).OrderBy(record => record.FailureTime)];
        }
    }

    /// <summary>Signs with another secret from now on, also the next attempts of earlier deliveries.</summary>
    public void Rotate(string secret) => Options = Options with { Secret = secret };

    /// <summary>Creates a webhook that lives 30 days. It normalises the spaces of a filter: a client must not rely on getting back what it sent.</summary>
    public long Add(string url, IReadOnlyList<string> events, string jql, IReadOnlyList<string>? fields = null, IReadOnlyList<string>? properties = null)
    {
        lock (_gate)
        {
            var id = ++_lastId;
            _webhooks[id] = new SimulatedWebhook(id, url, events, string.Join(' ', jql.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                Expires = clock.GetUtcNow() + Lifetime,
                FieldIdsFilter = fields,
                IssuePropertyKeysFilter = properties,
            };
            return id;
        }
    }

    /// <summary>Deletes webhooks, a moment later. Unknown ids are ignored.</summary>
    public void Delete(IEnumerable<long> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (_webhooks.TryGetValue(id, out var webhook)) _webhooks[id] = webhook with { DeletedAt = webhook.DeletedAt ?? clock.GetUtcNow() + DeletionTime };
            }
        }
    }

    /// <summary>Extends the live webhooks of <paramref name="ids"/> by 30 days and returns the new expiry.</summary>
    public DateTimeOffset Refresh(IEnumerable<long> ids)
    {
        var expires = clock.GetUtcNow() + Lifetime;
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (!RefreshExtends || !_webhooks.TryGetValue(id, out var webhook) || !Lives(webhook)) continue;

                _webhooks[id] = webhook with { Expires = expires };
                Extensions++;
            }
        }

        return expires;
    }

    /// <summary>Adds a delivery to the failed list.</summary>
    public void AddFailed(FailedRecord record)
    {
        lock (_gate) _failed.Add(record);
    }

    private bool Lives(SimulatedWebhook webhook)
    {
        var now = clock.GetUtcNow();
        return webhook.Expires > now && !(webhook.DeletedAt <= now);
    }
}
