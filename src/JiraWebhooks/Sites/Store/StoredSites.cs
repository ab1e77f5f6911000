using JiraWebhooks.Sites.Secrets;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites.Store;

/// <summary>The sites of the table, kept in memory for the receive path. What is in memory is a minute old at most, or half an hour while
/// storage is away. An id that is not there is looked for in storage, however many ask, once in ten seconds.</summary>
public sealed partial class StoredSites(SiteLoader loader, TimeProvider clock, ILogger<StoredSites> logger)
{
    /// <summary>After this the table is read again.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    /// <summary>While the table cannot be read, what was read serves for this long.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);

    /// <summary>The shortest time between two readings that unknown ids, or failures, can cause.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>When a site has been in the table for this long, no instance is left that could refuse its deliveries: <see cref="Pause"/>,
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
        return (site is not null && age < FreshFor) || (site is null && age < Pause) ? new(site) : new(ReadAndFindAsync(id, site, cancellationToken));
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
            return stale;
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
