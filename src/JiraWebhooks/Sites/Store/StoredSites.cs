using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>The sites of the table, cached in memory for the receive path. The cache is at most 20 seconds old, or half an hour while storage is
/// unavailable. After ten seconds it is read again in the background, once for all callers. Known and unknown ids follow the same rule, so
/// that response times do not show which sites exist. The exception is slow or unavailable storage: a known site is served from memory, and
/// an unknown id gets a 503, because a rejection could lose the first events of a site that was just added.</summary>
/// <remarks>Ages are measured by timestamps: a clock that is set back must not make old rows look new.</remarks>
public sealed partial class StoredSites
{
    /// <summary>When the cache is older, the table is read before an answer.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(20);

    /// <summary>While the table cannot be read, the cache is used for this long.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);

    /// <summary>The shortest time between two reads.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>When a site has been in the table for this long, no instance can reject its deliveries: <see cref="FreshFor"/> plus the difference
    /// of clocks.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    // A delivery must not spend its budget on storage that hangs if the cache has the site.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SiteLoader _loader;
    private readonly SecretOwners _owners;
    private readonly TimeProvider _clock;
    private readonly ILogger<StoredSites> _logger;
    private readonly Lock _gate = new();
    private volatile Snapshot? _snapshot;
    private Task<Snapshot>? _reading;
    private long _readAt;
    private int _changes;

    internal StoredSites(SiteLoader loader, SecretOwners owners, TimeProvider clock, ILogger<StoredSites> logger) =>
        (_loader, _owners, _clock, _logger) = (loader, owners, clock, logger);

    /// <summary>Returns the site of that id, or null; a site with <see cref="Site.IsMissing"/> if the id has its own secret and no row.</summary>
    /// <exception cref="Exception">The error of storage, if the cache has no answer.</exception>
    public ValueTask<Site?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        var site = snapshot?.Sites.GetValueOrDefault(id);
        if (snapshot is null || Age(snapshot) is var age && age >= FreshFor) return new(ReadAndFindAsync(id, site, cancellationToken));

        // For the next callers; they see its error.
        if (age >= Pause) _ = ReadAsync();
        return site is not null ? new(site) : FindMissingAsync(id, snapshot, cancellationToken);
    }

    /// <summary>True for the id of a recently erased site, as far as the cache knows.</summary>
    public bool IsErased(string id) => _snapshot?.IsErased(id) is true;

    /// <summary>Returns all sites, at most <see cref="Pause"/> old.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => [.. (await ListedAsync(cancellationToken)).Sites.Values];

    /// <summary>Returns the sites of this app without a row: those with their own secret, and those that a delivery has proved.</summary>
    public async Task<IReadOnlyList<MissingSite>> ListMissingAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ListedAsync(cancellationToken);
        await OwnersAsync(cancellationToken);
        var proved = snapshot.Absent.Values.Where(absent => absent is { ErasedAt: null, MissingSince: not null })
            .ToDictionary(absent => absent.Id, absent => absent.MissingSince, StringComparer.Ordinal);
        return [.. proved.Keys.Union(_owners.Known?.Keys ?? [], StringComparer.Ordinal)
            .Where(id => !snapshot.Sites.ContainsKey(id) && !snapshot.IsErased(id))
            .Order(StringComparer.Ordinal)
            .Select(id => new MissingSite(id, proved.GetValueOrDefault(id)))];
    }

    /// <summary>Clears the cache: this process has just changed the table.</summary>
    public void Invalidate()
    {
        lock (_gate)
        {
            (_snapshot, _reading) = (null, null);
            _changes++;
        }
    }

    private async Task<Snapshot> ListedAsync(CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        try
        {
            if (snapshot is null || Age(snapshot) >= Pause) snapshot = await ReadAsync().WaitAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && snapshot is not null && Age(snapshot) < KeptFor)
        {
            Log.Stale(_logger, error.GetType().Name);
        }

        return snapshot!;
    }

    private async Task<Site?> ReadAndFindAsync(string id, Site? stale, CancellationToken cancellationToken)
    {
        try
        {
            var reading = ReadAsync();
            var snapshot = await (stale is null ? reading.WaitAsync(cancellationToken) : reading.WaitAsync(Patience, _clock, cancellationToken));
            return snapshot.Sites.GetValueOrDefault(id) ?? await FindMissingAsync(id, snapshot, cancellationToken);
        }
        catch (Exception error) when (stale is not null && !cancellationToken.IsCancellationRequested && _snapshot is { } known && Age(known) < KeptFor)
        {
            Log.Stale(_logger, error.GetType().Name);
            return stale with { IsStale = true };
        }
    }

    private ValueTask<Site?> FindMissingAsync(string id, Snapshot snapshot, CancellationToken cancellationToken)
    {
        return _owners.Known is not null ? new(Missing()) : new(WaitAsync());

        Site? Missing() => _owners.Known!.TryGetValue(id, out var scheme) && !snapshot.IsErased(id) ? SiteReader.Missing(id, scheme) : null;

        async Task<Site?> WaitAsync()
        {
            await OwnersAsync(cancellationToken);
            return _owners.Known is not null ? Missing() : throw new TimeoutException("The names of the sites' secrets are not known yet.");
        }
    }

    // Once per process: after that there is a list, and newer lists are read in the background.
    private async Task OwnersAsync(CancellationToken cancellationToken)
    {
        if (_owners.Known is null) await Task.WhenAny(_owners.RefreshAsync(), Task.Delay(Patience, _clock, cancellationToken));
    }

    private TimeSpan Age(Snapshot snapshot) => _clock.GetElapsedTime(snapshot.At);

    // One read at a time. After a failed read its error is kept for the pause: many unknown callers must not cause many reads of storage.
    private Task<Snapshot> ReadAsync()
    {
        lock (_gate)
        {
            if (_reading is not null && (!_reading.IsCompleted || _clock.GetElapsedTime(_readAt) < Pause)) return _reading;

            _readAt = _clock.GetTimestamp();
            return _reading = LoadAsync(_readAt, _changes);
        }
    }

    private async Task<Snapshot> LoadAsync(long at, int changes)
    {
        await Task.Yield(); // leave the lock
        _ = _owners.RefreshAsync();
        var (sites, absent) = await _loader.LoadAsync(CancellationToken.None);
        var snapshot = new Snapshot(
            sites.ToDictionary(site => site.Id, StringComparer.Ordinal), absent.ToDictionary(row => row.Id, StringComparer.Ordinal), at);
        lock (_gate)
        {
            // A read that began before a change of this process must not restore the old state.
            if (_changes == changes) _snapshot = snapshot;
        }

        return snapshot;
    }

    private sealed record Snapshot(Dictionary<string, Site> Sites, Dictionary<string, AbsentSite> Absent, long At)
    {
        public bool IsErased(string id) => Absent.TryGetValue(id, out var absent) && absent.ErasedAt is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The sites cannot be read ({Error}); those read before are used.")]
        public static partial void Stale(ILogger logger, string error);
    }
}
