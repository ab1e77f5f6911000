using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Refreshes one site: list, extend, register what is missing, list again and verify (docs/jira-behaviour.md#registration-results). Live
/// webhooks come first, and a failed step does not stop the others, so that no refusal lets a webhook expire.</summary>
public sealed partial class SiteRefresher(
    JiraWebhookClient jira,
    WebhookTable webhooks,
    WebhookRegistrar registrar,
    WebhookRemover remover,
    RefusalRecorder refusals,
    JiraWebhooksOptions options,
    TimeProvider clock,
    ILogger<SiteRefresher> logger)
{
    /// <summary>A webhook with less remaining time than this after a refresh was not extended: Jira gives 30 days.</summary>
    public static readonly TimeSpan Extended = TimeSpan.FromDays(25);

    /// <summary>A webhook that was not extended is replaced only if it has less remaining time than this. Until then the run of the next day may
    /// extend it.</summary>
    public static readonly TimeSpan Critical = TimeSpan.FromDays(7);

    /// <summary>Refreshes <paramref name="site"/>; <paramref name="isByHand"/> retries what Jira has refused. Throws <see cref="JiraApiException"/>
    /// and storage errors only while nothing is known about the site. The next run starts from what exists.</summary>
    public async Task<SiteRefresh> RefreshAsync(Site site, bool isByHand, CancellationToken cancellationToken)
    {
        var callback = options.CallbackUrl(site.Id);
        if (DeclaredWebhookValidator.Problem(callback, site) is { } wrong) return await ExtendOnlyAsync(site, wrong, cancellationToken);

        // Other instances must know the site before Jira can deliver to it, because they refuse unknown sites. The wait is limited: the clock may
        // have been ahead when the site was added.
        if (site.ActiveSince + StoredSites.Settled - clock.GetUtcNow() is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait < StoredSites.Settled ? wait : StoredSites.Settled, clock, cancellationToken);
        }

        var rows = await webhooks.ListAsync(site.Id, cancellationToken);
        if (isByHand) rows = await refusals.LiftAsync(site, rows, cancellationToken);

        var run = new SiteRun(site, callback, await ListAsync(site, rows, cancellationToken), rows, clock.GetUtcNow());
        var plan = RefreshPlan.Of(run, options.TakeOver);
        try
        {
            await TryAsync(run, () => ExtendAsync(site, plan.Extend, cancellationToken), cancellationToken);
            if (plan.DeletesOthers) await TryAsync(run, () => remover.DeleteFirstAsync(run, [.. run.Others.Select(webhook => webhook.Id)], cancellationToken), cancellationToken);
            run.Problems.AddRange(plan.Problems);
            if (plan.MayRegister) await TryAsync(run, () => registrar.RegisterAsync(run, run.ToRegister(), cancellationToken), cancellationToken);
            await TryAsync(run, () => VerifyAsync(run, plan.MayRegister, cancellationToken), cancellationToken);
        }
        catch (JiraApiException error) when (error.EndsRun)
        {
            run.RetryAfter = error.RetryAfter;
            run.Problems.Add(error.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.IsCutShort = true;
            run.Problems.Add(SiteRuns.TimeIsUp);
        }

        return run.Result(clock.GetUtcNow());
    }

    // Nothing can be registered under an address that Jira does not deliver to. Still extend the webhooks we know.
    private async Task<SiteRefresh> ExtendOnlyAsync(Site site, string problem, CancellationToken cancellationToken)
    {
        var result = new SiteRefresh(site.Id) { Failed = site.Webhooks.Count, Problem = problem };
        try
        {
            await ExtendAsync(site, RefreshPlan.Remembered(site, await webhooks.ListAsync(site.Id, cancellationToken)), cancellationToken);
            return result;
        }
        catch (JiraApiException error)
        {
            return result with { Problem = $"{problem} {error.Message}", RetryAfter = error.RetryAfter };
        }
    }

    // If listing keeps failing, still extend the webhooks we know.
    private async Task<IReadOnlyList<Webhook>> ListAsync(Site site, IReadOnlyList<WebhookRow> rows, CancellationToken cancellationToken)
    {
        try
        {
            return await jira.ListAsync(site, cancellationToken);
        }
        catch (JiraApiException error) when (!error.EndsRun)
        {
            await ExtendAsync(site, RefreshPlan.Remembered(site, rows), cancellationToken);
            throw;
        }
    }

    private Task ExtendAsync(Site site, IReadOnlyList<WebhookRow> rows, CancellationToken cancellationToken) =>
        rows.Count == 0 ? Task.CompletedTask : jira.RefreshAsync(site, [.. rows.Select(row => row.WebhookId)], cancellationToken);

    // Register again what disappeared in the meantime, or was not extended and expires soon.
    private async Task VerifyAsync(SiteRun run, bool mayRegister, CancellationToken cancellationToken)
    {
        if (!run.Rows.Values.Any(run.IsLive)) return;

        var live = run.Site.Webhooks.Where(declared => run.LiveRow(declared) is not null).ToList();
        var upToDate = live.Where(run.IsUpToDate).ToList();
        run.Update(await jira.ListAsync(run.Site, cancellationToken));
        var now = clock.GetUtcNow();
        await TryAsync(run, () => SaveSeenAsync(run, now, cancellationToken), cancellationToken);
        if (!mayRegister) return;

        var critical = upToDate.Where(declared => run.Listed(run.Rows[declared.Name].WebhookId)?.ExpirationDate - now < Critical).ToList();
        run.Critical.UnionWith(critical.Select(declared => declared.Name));
        List<DeclaredWebhook> again = [.. critical, .. live.Where(declared => run.LiveRow(declared) is null)];
        if (again.Count > 0) await registrar.RegisterAsync(run, again, cancellationToken);
    }

    private async Task SaveSeenAsync(SiteRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = run.Rows.Values.Where(row => run.IsLive(row) && run.Ours.Contains(row.WebhookId)).Select(row => row with { Seen = now }).ToList();
        foreach (var row in seen) run.Rows[row.Name] = row;
        await webhooks.SaveAsync(run.Site.Id, seen, cancellationToken);
    }

    private async Task TryAsync(SiteRun run, Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
        }
        catch (JiraApiException error) when (!error.EndsRun)
        {
            run.Problems.Add(error.Message);
        }
        catch (Exception error) when (error is not JiraApiException && !cancellationToken.IsCancellationRequested)
        {
            Log.Broken(logger, run.Site.Id, error);
            run.Problems.Add(SiteRuns.InternalError(error));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Site {Site}: a step of the refresh failed.")]
        public static partial void Broken(ILogger logger, string site, Exception error);
    }
}
