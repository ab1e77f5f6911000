using JiraWebhooks.Sites.Secrets;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites.Store;

/// <summary>The sites of the table, kept in memory for the receive path. What is in memory is 20 seconds old at most, or half an hour while
/// storage is away; after ten it is read again in the background, however many ask. Ids that are there and ids that are not are answered by
/// the same rule, so that the time an answer takes tells nobody which sites there are. Where they part is while storage is slow or away: a
/// known site serves on, and an unknown id gets a 503, as a refusal could lose the first events of a site just added.</summary>
public sealed partial class StoredSites(SiteLoader loader, TimeProvider clock, ILogger<StoredSites> logger)
{
    /// <summary>After this the table is read before anybody is answered.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(20);

    /// <summary>While the table cannot be read, what was read serves for this long.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);

    /// <summary>The shortest time between two readings.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>When a site has been in the table for this long, no instance is left that could refuse its deliveries: <see cref="FreshFor"/>,
    /// and what clocks differ by.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    // A delivery must not spend its budget on storage that hangs while there is a site to go on with.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private volatile Snapshot? _snapshot;
    private Task<Snapshot>? _reading;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>The site of that id, or null.</summary>
    /// <exception cref="Exception">Whatever storage throws, where nothing in memory can stand in.</exception>
    public ValueTask<Site?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        var age = clock.GetUtcNow() - snapshot?.At;
        var site = snapshot?.Sites.GetValueOrDefault(id);
        if (!(age < FreshFor)) return new(ReadAndFindAsync(id, site, cancellationToken));

        // For those who come next; its failure is theirs to meet.
        if (age >= Pause) _ = ReadAsync();
        return new(site);
    }

    /// <summary>All sites, as new as <see cref="Pause"/> allows.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        try
        {
            if (snapshot is null || clock.GetUtcNow() - snapshot.At >= Pause) snapshot = await ReadAsync().WaitAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && clock.GetUtcNow() - snapshot?.At < KeptFor)
        {
            Log.Stale(logger, error.GetType().Name);
        }

        return [.. snapshot!.Sites.Values];
    }

    /// <summary>Forgets what is in memory: this process has just changed the table.</summary>
    public void Invalidate()
    {
        lock (_gate)
        {
            _snapshot = null;
            _reading = null;
            _readAt = DateTimeOffset.MinValue;
        }
    }

    private async Task<Site?> ReadAndFindAsync(string id, Site? stale, CancellationToken cancellationToken)
    {
        try
        {
            var reading = ReadAsync();
            var snapshot = await (stale is null ? reading.WaitAsync(cancellationToken) : reading.WaitAsync(Patience, clock, cancellationToken));
            return snapshot.Sites.GetValueOrDefault(id);
        }
        catch (Exception error) when (stale is not null && !cancellationToken.IsCancellationRequested && clock.GetUtcNow() - _snapshot?.At < KeptFor)
        {
            Log.Stale(logger, error.GetType().Name);
            return stale with { IsStale = true };
        }
    }

    // One reading at a time, and after one that failed its failure stands for the pause: a flood of strangers must not become a flood on storage.
    private Task<Snapshot> ReadAsync()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_reading is not null && (!_reading.IsCompleted || now - _readAt < Pause)) return _reading;

            _readAt = now;
            return _reading = LoadAsync(now);
        }
    }

    private async Task<Snapshot> LoadAsync(DateTimeOffset now)
    {
        await Task.Yield(); // out of the lock
        var snapshot = new Snapshot((await loader.LoadAsync(CancellationToken.None)).ToDictionary(site => site.Id, StringComparer.Ordinal), now);
        lock (_gate)
        {
            // One that began before a change of this process must not bring back what was.
            if (_readAt == now) _snapshot = snapshot;
        }

        return snapshot;
    }

    private sealed record Snapshot(Dictionary<string, Site> Sites, DateTimeOffset At);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The sites cannot be read ({Error}); those read before are used.")]
        public static partial void Stale(ILogger logger, string error);
    }
}
