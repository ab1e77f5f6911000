using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Recovery;

/// <summary>Fetches the deliveries that Jira gave up on and publishes them (docs/architecture.md#cursor-follows-publish). Jira opens its failed list to
/// Connect apps and administrators; for an OAuth app it searches for changes instead (docs/jira-behaviour.md#search-instead).</summary>
public sealed partial class FailedDeliveryPoller
{
    private readonly SiteRuns _runs;
    private readonly SitePoller _list;
    private readonly SiteSearcher _search;
    private readonly ILogger<FailedDeliveryPoller> _logger;

    internal FailedDeliveryPoller(SiteRuns runs, SitePoller list, SiteSearcher search, ILogger<FailedDeliveryPoller> logger) =>
        (_runs, _list, _search, _logger) = (runs, list, search, logger);

    /// <summary>One run over all sites. The failure of one site does not stop the others and is in the result, so this throws only when cancelled.</summary>
    public Task<IReadOnlyList<SitePoll>> RunAsync(CancellationToken cancellationToken) => _runs.RunAsync(Work(null), cancellationToken);

    /// <summary>The same for a timer. It throws so that the host sees when nothing works.</summary>
    /// <exception cref="TimerRunException">Every site that should have succeeded has failed; all were tried.</exception>
    public Task RunTimerAsync(CancellationToken cancellationToken) => _runs.RunTimerAsync(Work(null), cancellationToken);

    /// <summary>One run at a single site. It searches for changes of the last <paramref name="back"/> even if no loss is known. If the failed list is
    /// open to the site, it reads that list instead.</summary>
    public Task<SitePoll> RecoverAsync(Site site, TimeSpan back, CancellationToken cancellationToken) => _runs.RunAsync(Work(back), site, cancellationToken);

    private SiteWork<SitePoll> Work(TimeSpan? back) => new(
        RunKind.Poll,
        site => site.Problem is null && site.HasApi,
        site => new SitePoll(site.Id),
        site => new SitePoll(site.Id),
        (site, cancellationToken) => site.Scheme is SiteScheme.OAuth
            ? _search.PollAsync(site, back, cancellationToken)
            : _list.PollAsync(site, back, cancellationToken),
        Report);

    private void Report(SitePoll result)
    {
        foreach (var loss in result.Losses) Log.PossibleLoss(_logger, result.Site, loss.Words);
        if (result.SearchedFrom is { } since)
        {
            var state = result.Unfinished ? "not finished" : "finished";
            if (result.IsRepeat) Log.SearchedAgain(_logger, result.Site, since, result.Repeated, state);
            else Log.Searched(_logger, result.Site, since, result.Found, state);
        }

        Log.Polled(_logger, result.Site, result.Recovered, result.Skipped, result.Cursor, result.Unsupported, result.Problem ?? "");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Poll of {Site}: {Recovered} recovered, {Skipped} known, cursor {Cursor}, unsupported {Unsupported}. {Problem}")]
        public static partial void Polled(ILogger logger, string site, int recovered, int skipped, DateTimeOffset? cursor, bool unsupported, string problem);

        [LoggerMessage(2, LogLevel.Error, "Deliveries of {Site} may be lost. {Reason}")]
        public static partial void PossibleLoss(ILogger logger, string site, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Deliveries of {Site} may have been missed since {Since}: {Found} issues that have changed were found by search and published in their present state; the search is {State}.")]
        public static partial void Searched(ILogger logger, string site, DateTimeOffset since, int found, string state);

        [LoggerMessage(5, LogLevel.Information, "The search of {Site} since {Since} was repeated, as Jira indexes changes late: {Found} issues were published, most of them again; the repeat is {State}.")]
        public static partial void SearchedAgain(ILogger logger, string site, DateTimeOffset since, int found, string state);
    }
}
