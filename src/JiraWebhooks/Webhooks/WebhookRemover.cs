using JiraWebhooks.Jira;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Deletes webhooks. Jira accepts a deletion and performs it a moment later (docs/jira-behaviour.md#asynchronous-delete), so a caller that
/// needs the place must wait.</summary>
public sealed partial class WebhookRemover(JiraWebhookClient jira, GapRecorder gaps, TimeProvider clock, ILogger<WebhookRemover> logger)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Deletes <paramref name="ids"/> without waiting: their places are not needed now.</summary>
    internal async Task DeleteAsync(SiteRun run, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return;

        await jira.DeleteAsync(run.Site, ids, cancellationToken);
        run.Deleted.UnionWith(ids);
    }

    /// <summary>Deletes <paramref name="ids"/> before their successors exist, and waits until they are gone.</summary>
    internal async Task DeleteFirstAsync(SiteRun run, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        Log.Gap(logger, run.Site.Id, ids.Count);
        run.AddGap(clock.GetUtcNow());
        await gaps.RecordAsync(run, cancellationToken);
        await DeleteAsync(run, ids, cancellationToken);

        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < Longest;)
        {
            await Task.Delay(Step, clock, cancellationToken);
            try
            {
                run.Update(await jira.ListAsync(run.Site, cancellationToken));
                if (ids.All(id => run.Listed(id) is null)) return;
            }
            catch (JiraApiException error) when (!error.EndsRun)
            {
                // Continue: stopping here would leave a declared webhook unregistered.
            }
        }

        run.Problems.Add($"Jira has not deleted {ids.Count} webhook(s) within a minute, so there is no room for the new ones. The next run continues.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Site {Site}: {Count} webhook(s) are deleted before the new ones are registered. Jira sends no events in between; the poll searches for them.")]
        public static partial void Gap(ILogger logger, string site, int count);
    }
}
