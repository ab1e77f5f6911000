using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.OAuth;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Recovery;

/// <summary>Recovery by search: every issue that has changed since something may have been lost is published in its current state. Deletions and
/// states in between cannot be found this way. A search that does not finish in time, or is interrupted, continues at the next run.</summary>
internal sealed class SiteSearcher(
    JiraWebhookClient jira,
    SearchTable table,
    OutageTable outages,
    GrantStates grants,
    [FromKeyedServices(AzureClients.Timers)] IDeliveryPublisher publisher)
{
    private static readonly string[] Changes = ["jira:issue_", "comment_", "issue_property_", "worklog_"];

    /// <summary>One run for a site without a failed list. Throws <see cref="JiraApiException"/>, storage and publisher errors. The next run continues from
    /// the stored state.</summary>
    /// <param name="site">The site.</param>
    /// <param name="back">How far a search on request goes back, even if no loss is known; null if the signs of a loss decide.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    public Task<SitePoll> PollAsync(Site site, TimeSpan? back, CancellationToken cancellationToken) => PollAsync(site, back, hasList: false, cancellationToken);

    /// <summary>One run. With <paramref name="hasList"/>, Jira's failed list contains the deliveries that were not accepted, and only what Jira never
    /// sent is searched for.</summary>
    internal async Task<SitePoll> PollAsync(Site site, TimeSpan? back, bool hasList, CancellationToken cancellationToken)
    {
        // A disabled site needs nothing, and without a grant Jira cannot be called. The resulting gap between runs later starts a search for what was missed.
        var nothing = new SitePoll(site.Id);
        // The same holds while nothing is declared, as after a typing error: what was missed is searched for when something is.
        if (site.Disabled is not null || site.Webhooks.Count == 0) return nothing;
        if (await grants.ReconnectRequiredSinceAsync(site, cancellationToken) is not null) return nothing with { Problem = "The OAuth grant is missing or no longer valid: nothing can be searched for until the site is connected again." };

        // Storage has the clock: with that of this host the bound of a search, which Jira counts back from its own time, could begin too late.
        var (stored, clock) = await table.ReadAsync(site.Id, cancellationToken);
        var outage = await outages.ReadAsync(site.Id, cancellationToken);
        var missing = await outages.MissingAsync(site.Id, cancellationToken);

        // After the reads: what they tell of has happened.
        var now = clock.GetUtcNow();
        var state = stored ?? new SearchState(now);

        var filters = site.Webhooks.Where(TellsOfChanges).DistinctBy(declared => declared.Jql, StringComparer.Ordinal).ToList();
        var planned = state.For([.. filters.Select(filter => SearchState.Key(filter.Jql))]);
        var signs = new[] { now - back, state.Begun, missing?.From, hasList ? null : LostSince(outage, state, now) };
        if (signs.Min() is { } lost) planned = planned.Lost(lost, now);
        if (await table.TryWriteAsync(site.Id, planned with { WellUntil = now }, cancellationToken) is not { } written) return nothing with { Problem = SearchRun.AnotherRun };

        // The plan now contains what these records reported.
        if (outage?.IsDue(now) is true) await outages.SettleAsync(site.Id, outage, cancellationToken);
        if (missing is not null) await outages.SettleAsync(site.Id, missing, cancellationToken);

        return written.IsDue(now) ? await new SearchRun(site, written, jira, table, publisher, clock).RunAsync(filters, cancellationToken) : nothing;
    }

    // The app, or the site in it, may not have worked between two runs. Retries of earlier failures could not be delivered then either.
    private static DateTimeOffset? LostSince(Outage? outage, SearchState state, DateTimeOffset now)
    {
        if (now - state.WellUntil >= Outage.ShortestRetries) return outage?.From < state.WellUntil ? outage.From : state.WellUntil;

        return outage?.IsDue(now) is true && outage.MayHaveLost ? outage.From : null;
    }

    // A search finds no sprints, versions or deleted items: a declared webhook that has only such events needs no search for issues.
    private static bool TellsOfChanges(DeclaredWebhook declared) => declared.Events.Any(name =>
        Changes.Any(family => name.StartsWith(family, StringComparison.Ordinal)) && name != "jira:issue_deleted");
}
