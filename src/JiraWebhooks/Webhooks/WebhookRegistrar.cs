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
        var sendable = wanted.Where(run.IsSent).ToList();

        // Record the gap before the rows change, so that an interruption does not lose it.
        var missing = sendable.Where(declared => run.LiveRow(declared) is null).ToList();
        foreach (var declared in missing) run.AddGap(run.MissingSince(declared));
        var isRecorded = await gaps.RecordAsync(run, cancellationToken);

        try
        {
            await CreateAsync(run, sendable, cancellationToken);
        }
        finally
        {
            await refusals.RecordAsync(run);
        }

        // Record it again: in the meantime a poll may have searched too early and removed the record.
        if (run.Created.Count > 0 && !await gaps.RecordAsync(run, cancellationToken))
        {
            run.Problems.Add($"Could not record that webhooks were missing since {run.GapStart:u}. Call `recover` for the time since then.");
        }

        await CleanUpAsync(run, cancellationToken);
        if (isRecorded) await SaveRecordedAsync(run, missing.Where(declared => run.LiveRow(declared) is null), cancellationToken);
    }

    // The time until now is recorded, so the next run counts a still missing webhook as missing from now on. Otherwise every run would make the poll
    // search the whole time again.
    private async Task SaveRecordedAsync(SiteRun run, IEnumerable<DeclaredWebhook> missing, CancellationToken cancellationToken)
    {
        var searched = missing.SelectMany(run.RowsOfMissing).DistinctBy(row => row.Name).Where(row => row.Seen < run.Began && IsSearched(row));
        var rows = searched.Select(row => row with { Seen = run.Began }).ToList();
        foreach (var row in rows) run.Rows[row.Name] = row;
        if (rows.Count > 0) await webhooks.SaveAsync(run.Site.Id, rows, cancellationToken);

        // The filter of an entry that is invalid now is not searched by.
        bool IsSearched(WebhookRow row) => !run.Site.IsDeclarationUncertain || run.IsDeclared(row.Name);
    }

    private async Task CreateAsync(SiteRun run, List<DeclaredWebhook> sendable, CancellationToken cancellationToken)
    {
        var deletedFirst = new List<(WebhookRow Row, Webhook Listed)>();
        var waiting = run.InOrder(sendable);
        while (waiting.Count > 0)
        {
            if (run.Room <= 0)
            {
                await DropUnreplaceableAsync(run, waiting, cancellationToken);
                if (waiting.Count == 0 || !await MakeRoomAsync(run, waiting, deletedFirst, cancellationToken)) break;
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

            var failed = batch.Where(declared => run.LiveRow(declared) is null).Select(declared => declared.Name).ToList();
            var missing = deletedFirst.Where(old => failed.Contains(old.Row.Name) || (failed.Count > 0 && !run.IsDeclared(old.Row.Name))).ToList();
            deletedFirst.RemoveAll(missing.Contains);
            if (missing.Count > 0) await creator.RestoreAsync(run, missing, cancellationToken);
        }

        run.Problems.AddRange(waiting.Select(run.NoPlace));
    }

    // A live webhook is deleted for its successor only if nothing but the limit can block the successor. So each successor is tried next to it first.
    // Those that Jira has answered, or could not answer, are no longer waiting.
    private async Task DropUnreplaceableAsync(SiteRun run, List<DeclaredWebhook> waiting, CancellationToken cancellationToken)
    {
        var deletable = run.DeletableIds();
        if (deletable.Any(run.IsRedundant)) return;

        // A webhook that is no longer declared may be the one of a new name. What Jira has accepted before is not in question.
        var changed = waiting.Where(declared => deletable.Count > 0 || run.LiveRow(declared) is not null).ToList();
        changed.RemoveAll(declared => run.HasAccepted(declared.Name, Definition.Fingerprint(declared)));
        if (changed.Count == 0) return;

        IReadOnlyList<DeclaredWebhook> undecided = [];
        try
        {
            undecided = await creator.TryNextToOldAsync(run, changed, cancellationToken);
        }
        catch (JiraApiException error) when (!error.EndsRun)
        {
            run.Problems.Add(error.Message);
        }

        waiting.RemoveAll(declared => changed.Contains(declared) && !undecided.Contains(declared));
    }

    private async Task<bool> MakeRoomAsync(SiteRun run, List<DeclaredWebhook> waiting, List<(WebhookRow Row, Webhook Listed)> deletedFirst, CancellationToken cancellationToken)
    {
        var deletable = run.DeletableIds();
        var choice = RoomChoice.Of([.. deletable.Where(run.IsRedundant)], deletable, [.. waiting.Select(declared => run.LiveRow(declared)?.WebhookId)]);
        if (choice.Ids.Count == 0) return false;

        if (choice.MayMissEvents) deletedFirst.AddRange(run.Rows.Values.Where(row => choice.Ids.Contains(row.WebhookId)).Select(row => (row, run.Listed(row.WebhookId)!)));
        await remover.DeleteFirstAsync(run, choice.Ids, cancellationToken);
        return run.Room > 0;
    }

    private async Task CleanUpAsync(SiteRun run, CancellationToken cancellationToken)
    {
        if (run.Site.IsDeclarationUncertain) return;

        await remover.DeleteAsync(run, [.. run.UnclaimedIds().Where(run.IsRedundant)], cancellationToken);

        // The row of a deleted webhook says since when events are missing. Keep it until its site is enabled again, or until all declared webhooks are
        // live. A row that holds only a refusal is not needed.
        var isNeeded = run.Site.Disabled is not null || !run.AllDeclaredLive;
        foreach (var row in run.UndeclaredRows(row => !row.IsCreated || (!isNeeded && !run.IsLive(row))))
        {
            await webhooks.DeleteAsync(run.Site.Id, row.Name, cancellationToken);
            run.Rows.Remove(row.Name);
        }
    }
}
