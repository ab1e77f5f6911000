using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>The ids that have their own secret in the vault or the folder. If such an id has no row, the row was lost.
/// The list is read in the background: a caller must not be able to cause a request to the vault.</summary>
internal sealed partial class SecretOwners(ISecretStore store, TimeProvider clock, ILogger<SecretOwners> logger)
{
    /// <summary>Time between two reads of the list.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // Until the first list is read, deliveries of unknown ids get a retry and are not rejected.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, SiteScheme>? _known;
    private Task? _reading;
    private long _startedAt;

    /// <summary>The ids, with the scheme of the secret; null until the first list was read. If a read fails, the last list stays.</summary>
    public IReadOnlyDictionary<string, SiteScheme>? Known => _known;

    /// <summary>Starts to read the list if it is due. The task ends with the read under way, or the last one; it never fails.</summary>
    public Task RefreshAsync()
    {
        lock (_gate)
        {
            var interval = _known is null ? FirstInterval : Interval;
            if (_reading is not null && (!_reading.IsCompleted || clock.GetElapsedTime(_startedAt) < interval)) return _reading;

            _startedAt = clock.GetTimestamp();
            return _reading = ListAsync();
        }
    }

    private async Task ListAsync()
    {
        await Task.Yield(); // leave the lock
        using var time = new CancellationTokenSource(Patience, clock);
        try
        {
            var owners = new Dictionary<string, SiteScheme>(StringComparer.Ordinal);
            foreach (var name in await store.ListAsync(time.Token).WaitAsync(time.Token))
            {
                if (SecretName.TryRead(name, out var id, out var scheme)) owners[id] = scheme;
            }

            _known = owners.ToFrozenDictionary(StringComparer.Ordinal);
        }
        catch (Exception error)
        {
            Log.Unreadable(logger, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The names of the sites' secrets cannot be listed ({Error}), so a site that is missing from the table may not be noticed.")]
        public static partial void Unreadable(ILogger logger, string error);
    }
}
