using JiraWebhooks.Jira;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>Makes Jira match the settings. The order is: create, save, delete. Only if Jira's limit is reached, it deletes first, and no more than
/// needed (docs/jira-behaviour.md#no-orphans).</summary>
public sealed class WebhookRegistrar(WebhookCreator creator, WebhookRemover remover, GapRecorder gaps, RefusalRecorder refusals, WebhookTable webhooks)
{
    /// <summary>Registers each of <paramref name="wanted"/> that Jira has not refused, replaces the former webhook if there is one, and removes what
    /// is no longer declared.</summary>
    internal async Task RegisterAsync(SiteRun run, IReadOnlyList<DeclaredWebhook> wanted, CancellationToken cancellationToken)
    {
        run.Problems.AddRange(wanted.Select(DeclaredWebhookValidator.Problem).OfType<string>());
        var sound = wanted.Where(declared => RefreshPlan.IsSent(run, declared)).ToList();

        // Record the gap before the rows change, so that an interruption does not lose it.
        foreach (var gone in sound.Where(declared => run.Living(declared) is null)) run.Missed(run.GoneSince(gone));
        await gaps.RecordAsync(run, cancellationToken);

        try
        {
            await CreateAsync(run, sound, cancellationToken);
        }
        finally
        {
            await refusals.RecordAsync(run);
        }

        // Record it again: in the meantime a poll may have searched too early and removed the record.
        if (run.Created.Count > 0 && !await gaps.RecordAsync(run, cancellationToken))
        {
            run.Problems.Add($"That webhooks were gone since {run.MissingSince:u} could not be written down: recover what happened since by hand.");
        }

        await CleanUpAsync(run, cancellationToken);
    }

    private async Task CreateAsync(SiteRun run, List<DeclaredWebhook> sound, CancellationToken cancellationToken)
    {
        var former = new List<(WebhookRow Row, Webhook Listed)>();
        var waiting = RefreshPlan.InOrder(run, sound);
        while (waiting.Count > 0)
        {
            if (run.Room <= 0)
            {
                await TryBesideAsync(run, waiting, cancellationToken);
                if (waiting.Count == 0 || !await MakeRoomAsync(run, waiting, former, cancellationToken)) break;
            }

            var batch = waiting.Take(run.Room).ToList();
            waiting.RemoveRange(0, batch.Count);
            try
            {
                await creator.CreateAsync(run, batch, cancellationToken);
            }
            catch (JiraApiException error) when (!error.EndsRun)
            {
                run.Problems.Add(error.Message);
            }

            var lost = former.IntersectBy(batch.Where(declared => run.Living(declared) is null).Select(declared => declared.Name), old => old.Row.Name).ToList();
            if (lost.Count > 0) await creator.RestoreAsync(run, lost, cancellationToken);
        }

        run.Problems.AddRange(waiting.Select(declared => RefreshPlan.NoPlace(run, declared)));
    }

    // A live webhook is deleted for its successor only if nothing but the limit can block the successor. Those that Jira has answered, or could not
    // answer, are no longer waiting.
    private async Task TryBesideAsync(SiteRun run, List<DeclaredWebhook> waiting, CancellationToken cancellationToken)
    {
        var changed = waiting.Where(declared => run.Living(declared) is not null && !run.IsServed(declared)).ToList();
        if (changed.Count == 0 || RefreshPlan.Unwanted(run).Count > 0) return;

        IReadOnlyList<DeclaredWebhook> undecided = [];
        try
        {
            undecided = await creator.TryBesideAsync(run, changed, cancellationToken);
        }
        catch (JiraApiException error) when (!error.EndsRun)
        {
            run.Problems.Add(error.Message);
        }

        waiting.RemoveAll(declared => changed.Contains(declared) && !undecided.Contains(declared));
    }

    // Delete what is no longer declared first, then the webhooks that are to be replaced.
    private async Task<bool> MakeRoomAsync(SiteRun run, List<DeclaredWebhook> waiting, List<(WebhookRow Row, Webhook Listed)> former, CancellationToken cancellationToken)
    {
        var ids = RefreshPlan.Unwanted(run);
        if (ids.Count == 0)
        {
            var old = waiting.Select(run.Living).OfType<WebhookRow>().Select(row => (Row: row, Listed: run.Listed(row.WebhookId)!)).ToList();
            former.AddRange(old);
            ids = [.. old.Select(webhook => webhook.Row.WebhookId)];
        }

        if (ids.Count == 0) return false;

        await remover.DeleteFirstAsync(run, ids, cancellationToken);
        return run.Room > 0;
    }

    private async Task CleanUpAsync(SiteRun run, CancellationToken cancellationToken)
    {
        if (RefreshPlan.KeepsUndeclared(run.Site)) return;

        await remover.DeleteAsync(run, [.. run.Useless().Where(run.IsReplaced)], cancellationToken);

        // The rows tell since when webhooks are gone: those of a disabled site until it is enabled and registered again, those of a renamed webhook
        // until it is.
        if (run.Site.Disabled is not null || !run.IsWhole) return;

        foreach (var row in run.Rows.Values.ExceptBy(run.Site.Webhooks.Select(declared => declared.Name), row => row.Name).Where(row => !run.Lives(row)).ToList())
        {
            await webhooks.DeleteAsync(run.Site.Id, row.Name, cancellationToken);
            run.Rows.Remove(row.Name);
        }
    }
}
