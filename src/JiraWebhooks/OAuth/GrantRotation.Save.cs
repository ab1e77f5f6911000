namespace JiraWebhooks.OAuth;

/// <content>Saving new tokens.</content>
internal sealed partial class GrantRotation
{
    private const int MostSaves = 3;

    /// <summary>Writes new tokens and retries often: until the write succeeds, only this process has them. False if another process wrote first.</summary>
    private async Task<bool> SaveAsync(Flight flight, UnsavedGrant unsaved, CancellationToken cancellationToken)
    {
        var (_, grant, cell, _) = flight;
        cell.Unsaved = unsaved;
        cell.Token = AccessToken.Of(unsaved.Grant, clock.GetTimestamp());
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var saved = await store.TryWriteAsync(grant, unsaved.Grant, unsaved.Replaces.Version, cancellationToken);

                // False may also mean that an earlier attempt succeeded and its response was lost: the next round checks that.
                cell.Unsaved = null;
                if (saved) Log.Refreshed(logger, grant);
                else Log.LostRace(logger, grant);
                return saved;
            }
            catch (Exception error) when (attempt < MostSaves && !cancellationToken.IsCancellationRequested)
            {
                Log.SavingAgain(logger, grant, error.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(attempt), clock, cancellationToken);
            }
            catch (Exception error)
            {
                Log.NotSaved(logger, grant, error.GetType().Name);
                throw;
            }
        }
    }
}
