using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Sites.OAuth;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>Recovery by search: every issue that has changed since something may have been lost is published in its present state. What cannot
/// be found this way: deletions, and states in between. A search that does not end in its time, or breaks off, goes on at the next run.</summary>
public sealed class SiteSweeper(
    JiraWebhookClient jira,
    SweepTable table,
    OutageTable outages,
    GrantStates grants,
    [FromKeyedServices(AzureClients.Timers)] IDeliveryPublisher publisher,
    TimeProvider clock) : ISiteRecovery
{
    /// <summary>A search reaches this far back beyond the outage: clocks differ, and an issue is indexed a little later.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>Longest time of one run at a site: the others wait for their turn.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    private const int PageSize = 50;

    private static readonly string[] Changes = ["jira:issue_", "comment_", "issue_property_", "worklog_"];

    /// <inheritdoc/>
    public bool Covers(Site site) => site.Scheme is SiteScheme.OAuth;

    /// <inheritdoc/>
    public Task<SitePoll> PollAsync(Site site, DateTimeOffset? from, CancellationToken cancellationToken) => PollAsync(site, from, hasList: false, cancellationToken);

    /// <summary>One run. With <paramref name="hasList"/> Jira's failed list has what was not accepted, and only what was never sent is searched for.</summary>
    internal async Task<SitePoll> PollAsync(Site site, DateTimeOffset? from, bool hasList, CancellationToken cancellationToken)
    {
        // Switched off, nothing is wanted; without its grant, nothing can be asked. What was missed meanwhile is found by the gap this leaves.
        var nothing = new SitePoll(site.Id);
        if (site.Disabled is not null) return nothing;
        if (await grants.ReconnectRequiredSinceAsync(site, cancellationToken) is not null) return nothing with { Problem = "The OAuth grant is missing or no longer valid: nothing can be searched for until the site is connected again." };

        var now = clock.GetUtcNow();
        var state = await table.ReadAsync(site.Id, cancellationToken) ?? new SweepState(now);
        var outage = await outages.ReadAsync(site.Id, cancellationToken);
        var missing = await outages.MissingAsync(site.Id, cancellationToken);

        var signs = new[] { from, state.From, missing?.From, hasList ? null : LostSince(outage, state, now) };
        state = state.From is { } begun && !(signs.Min() < begun) ? state : state with { From = signs.Min(), Reached = new Dictionary<string, long>() };
        if (await table.TryWriteAsync(site.Id, state with { WellUntil = now }, cancellationToken) is not { } written) return nothing with { Problem = AnotherRun };

        var result = written.From is null ? nothing : await SearchAsync(site, written, cancellationToken);
        if (result is { Unfinished: true } or { Problem: AnotherRun }) return result;

        if (outage?.IsDue(now) is true) await outages.SettleAsync(site.Id, outage, cancellationToken);
        if (missing is not null) await outages.SettleAsync(site.Id, missing, cancellationToken);
        return result;
    }

    private const string AnotherRun = "Another run has been at this site.";

    // Between two runs the app, or the site in it, may not have been working; then what had failed before has found nobody either.
    private static DateTimeOffset? LostSince(Outage? outage, SweepState state, DateTimeOffset now)
    {
        if (now - state.WellUntil >= Outage.ShortestRetries) return outage?.From < state.WellUntil ? outage.From : state.WellUntil;

        return outage?.IsDue(now) is true && outage.MayHaveLost ? outage.From : null;
    }

    private async Task<SitePoll> SearchAsync(Site site, SweepState state, CancellationToken cancellationToken)
    {
        var result = new SitePoll(site.Id) { SweptFrom = state.From };
        using var time = new CancellationTokenSource(Slice, clock);
        using var slice = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var refused = new List<string>();
        JiraApiException? failed = null;
        try
        {
            foreach (var subscription in site.Subscriptions.Where(TellsOfChanges).DistinctBy(subscription => subscription.Jql, StringComparer.Ordinal))
            {
                var (key, began) = (Key(subscription.Jql), clock.GetUtcNow());
                try
                {
                    await foreach (var page in jira.SearchAsync(site, Jql(subscription.Jql, state, key), PageSize, slice.Token))
                    {
                        result = result with { Recovered = result.Recovered + await PublishAsync(site, page, seen, slice.Token) };
                        if (await table.TryWriteAsync(site.Id, state = Reach(state, key, SweptIssue.NewestOf(page)), cancellationToken) is not { } written) return result with { Problem = AnotherRun };
                        state = written;
                    }

                    // Complete up to here and not for good: what is lost before the search has ended is searched for with it.
                    state = Reach(state, key, (began - Overlap).ToUnixTimeMilliseconds());
                }
                catch (JiraApiException error) when (error.Failure is JiraFailure.Refused)
                {
                    // The others can be searched for all the same.
                    refused.Add($"Subscription {subscription.Name} cannot be searched for, so that its changes since {state.From:u} may be lost: {error.Message}");
                }
                catch (JiraApiException error) when (error.Failure is JiraFailure.Unavailable)
                {
                    failed = error;
                }
            }
        }
        catch (Exception) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return result with { Unfinished = true, Problem = Sentence(refused) };
        }

        if (failed is not null) refused.Add(failed.Message);
        if (await table.TryWriteAsync(site.Id, failed is null ? state with { From = null } : state, cancellationToken) is null) return result with { Problem = AnotherRun };
        return result with { Unfinished = failed is not null, Problem = Sentence(refused), PossibleLoss = failed is null && refused.Count > 0 };
    }

    private static string? Sentence(List<string> problems) => problems.Count == 0 ? null : string.Join(' ', problems);

    private async Task<int> PublishAsync(Site site, IReadOnlyList<JsonElement> page, HashSet<string> seen, CancellationToken cancellationToken)
    {
        DeliveryMessage[] messages = [.. page.Select(issue => SweptIssue.Describe(site, issue)).OfType<DeliveryMessage>().Where(message => seen.Add(message.MessageId))];
        if (messages.Length > 0) await publisher.PublishAsync(messages, cancellationToken);
        return messages.Length;
    }

    // Sprints, versions and what was deleted are in no search: whoever wants only these wants no issues instead.
    private static bool TellsOfChanges(Subscription subscription) => subscription.Events.Any(name =>
        Changes.Any(family => name.StartsWith(family, StringComparison.Ordinal)) && name != "jira:issue_deleted");

    private static SweepState Reach(SweepState state, string key, long? reached) =>
        reached is null ? state : state with { Reached = new Dictionary<string, long>(state.Reached) { [key] = reached.Value } };

    // Relative, so that nobody's time zone is in it.
    private string Jql(string filter, SweepState state, string key)
    {
        var since = state.Reached.TryGetValue(key, out var reached) ? DateTimeOffset.FromUnixTimeMilliseconds(reached) - TimeSpan.FromMinutes(1) : state.From!.Value - Overlap;
        return string.Create(CultureInfo.InvariantCulture, $"({filter}) AND updated >= \"-{(long)Math.Ceiling((clock.GetUtcNow() - since).TotalMinutes)}m\" ORDER BY updated ASC");
    }

    private static string Key(string filter) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(filter)))[..16];
}
