using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Saves what Jira has refused, in the row of the declared webhook. The row may also hold an existing webhook.</summary>
public sealed partial class RefusalRecorder(WebhookTable webhooks, ILogger<RefusalRecorder> logger)
{
    /// <summary>Reports what Jira refused in this run, and saves what must not be retried. Not cancelled: if a refusal is not saved, a live webhook
    /// may lose its place in the next run.</summary>
    internal async Task RecordAsync(SiteRun run)
    {
        foreach (var (name, words, refusal) in run.Refusals.Take())
        {
            run.Problems.Add(refusal?.Problem(run.Site.Id, name) ?? $"Webhook {name}: {words}");
            if (refusal is null) continue;

            var row = run.Rows[name] = (run.Rows.GetValueOrDefault(name) ?? new WebhookRow(name, 0, "")) with { Refusal = refusal };
            try
            {
                await webhooks.SaveAsync(run.Site.Id, row, CancellationToken.None);
            }
            catch (Exception error)
            {
                Log.NotSaved(logger, run.Site.Id, name, error);
            }
        }
    }

    /// <summary>Forgets what Jira has refused on a site, so that the run retries it. Returns the resulting rows.</summary>
    internal async Task<IReadOnlyList<WebhookRow>> LiftAsync(Site site, IReadOnlyList<WebhookRow> rows, CancellationToken cancellationToken)
    {
        foreach (var refused in rows.Where(row => row.Refusal is not null))
        {
            if (refused.IsCreated) await webhooks.SaveAsync(site.Id, refused with { Refusal = null }, cancellationToken);
            else await webhooks.DeleteAsync(site.Id, refused.Name, cancellationToken);
        }

        return [.. rows.Where(row => row.IsCreated).Select(row => row with { Refusal = null })];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The refusal of webhook {Name} of {Site} could not be saved: the next run tries it again.")]
        public static partial void NotSaved(ILogger logger, string site, string name, Exception error);
    }
}
