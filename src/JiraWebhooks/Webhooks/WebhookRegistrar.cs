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
        var gone = sound.Where(declared => run.Living(declared) is null).ToList();
        foreach (var declared in gone) run.Missed(run.GoneSince(declared));
        var isRecorded = await gaps.RecordAsync(run, cancellationToken);

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
        if (isRecorded) await SaveRecordedAsync(run, gone.Where(declared => run.Living(declared) is null), cancellationToken);
    }

    // What is still gone is gone since now for the next run: the time before is recorded. Otherwise each run would have all of it searched again.
    private async Task SaveRecordedAsync(SiteRun run, IEnumerable<DeclaredWebhook> gone, CancellationToken cancellationToken)
    {
        var searched = gone.SelectMany(run.RowsOfGone).DistinctBy(row => row.Name).Where(row => row.Seen < run.Began && IsSearched(row));
        var rows = searched.Select(row => row with { Seen = run.Began }).ToList();
        foreach (var row in rows) run.Rows[row.Name] = row;
        if (rows.Count > 0) await webhooks.SaveAsync(run.Site.Id, rows, cancellationToken);

        // The filter of an entry that is invalid now is not searched by.
        bool IsSearched(WebhookRow row) => !RefreshPlan.KeepsUndeclared(run.Site) || run.IsDeclared(row.Name);
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

            var failed = batch.Where(declared => run.Living(declared) is null).Select(declared => declared.Name).ToList();
            var lost = former.Where(old => failed.Contains(old.Row.Name) || (failed.Count > 0 && !run.IsDeclared(old.Row.Name))).ToList();
            former.RemoveAll(lost.Contains);
            if (lost.Count > 0) await creator.RestoreAsync(run, lost, cancellationToken);
        }

        run.Problems.AddRange(waiting.Select(declared => RefreshPlan.NoPlace(run, declared)));
    }

    // A live webhook is deleted for its successor only if nothing but the limit can block the successor. Those that Jira has answered, or could not
    // answer, are no longer waiting.
    private async Task TryBesideAsync(SiteRun run, List<DeclaredWebhook> waiting, CancellationToken cancellationToken)
    {
        var unwanted = RefreshPlan.Unwanted(run);
        if (unwanted.Any(run.IsReplaced)) return;

        // A webhook that is no longer declared may be the one of a new name. What Jira has accepted before is not in question.
        var changed = waiting.Where(declared => unwanted.Count > 0 || run.Living(declared) is not null).ToList();
        changed.RemoveAll(declared => run.HasAccepted(declared.Name, Definition.Fingerprint(declared)));
        if (changed.Count == 0) return;

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

    private async Task<bool> MakeRoomAsync(SiteRun run, List<DeclaredWebhook> waiting, List<(WebhookRow Row, Webhook Listed)> former, CancellationToken cancellationToken)
    {
        var unwanted = RefreshPlan.Unwanted(run);
        var choice = RoomChoice.Of([.. unwanted.Where(run.IsReplaced)], unwanted, [.. waiting.Select(declared => run.Living(declared)?.WebhookId)]);
        if (choice.Ids.Count == 0) return false;

        if (choice.MayMissEvents) former.AddRange(run.Rows.Values.Where(row => choice.Ids.Contains(row.WebhookId)).Select(row => (row, run.Listed(row.WebhookId)!)));
        await remover.DeleteFirstAsync(run, choice.Ids, cancellationToken);
        return run.Room > 0;
    }

    private async Task CleanUpAsync(SiteRun run, CancellationToken cancellationToken)
    {
        if (RefreshPlan.KeepsUndeclared(run.Site)) return;

        await remover.DeleteAsync(run, [.. run.Useless().Where(run.IsReplaced)], cancellationToken);

        // The rows of webhooks that are gone tell since when: those of a disabled site until it is enabled and registered again, those of a renamed
        // webhook until it is. A row with a refusal only is not needed.
        var isNeeded = run.Site.Disabled is not null || !run.IsWhole;
        foreach (var row in run.Undeclared(row => !row.IsCreated || (!isNeeded && !run.Lives(row))))
        {
            await webhooks.DeleteAsync(run.Site.Id, row.Name, cancellationToken);
            run.Rows.Remove(row.Name);
        }
    }
}
