using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites.Secrets;

/// <summary>Secrets as last read. A vault takes few requests a second and may be away: what was read serves on, and a read that failed is
/// tried again after 5 s, then 10, 20, up to 5 minutes.</summary>
internal sealed partial class SecretCache(ISecretStore store, TimeProvider clock, ILogger<SecretCache> logger)
{
    /// <summary>After this a secret is read again although nobody said it had changed: somebody may have set it in the vault itself.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The secret, or null where there is none. <paramref name="revision"/> changes with each rotation; another than at the last read
    /// means reading again.</summary>
    /// <exception cref="SecretUnavailableException">It was never read, and cannot be read now.</exception>
    public async Task<SecretPair?> GetAsync(string name, string revision, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var entry = _entries.GetValueOrDefault(name);
        if (entry is { Failures: 0 } && entry.Revision == revision && now - entry.At < FreshFor) return entry.Value;

        if (!(entry?.Failures > 0 && now < entry.At + Pause(entry.Failures)))
        {
            try
            {
                var value = await store.ReadAsync(name, cancellationToken);
                _entries[name] = new Entry(value, revision, Known: true, now, Failures: 0);
                return value;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                entry = new Entry(entry?.Value, entry?.Revision ?? "", entry?.Known ?? false, now, (entry?.Failures ?? 0) + 1);
                _entries[name] = entry;
                Log.Unreadable(logger, name, error.GetType().Name, entry.Failures);
            }
        }

        return entry!.Known ? entry.Value : throw new SecretUnavailableException(name);
    }

    private static TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10)));

    private sealed record Entry(SecretPair? Value, string Revision, bool Known, DateTimeOffset At, int Failures);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The secret {Name} cannot be read ({Error}, {Failures} time(s) in a row); what was read before is used.")]
        public static partial void Unreadable(ILogger logger, string name, string error, int failures);
    }
}

/// <summary>A secret cannot be read now.</summary>
/// <param name="name">Its name.</param>
internal sealed class SecretUnavailableException(string name) : Exception($"The secret {name} cannot be read now.");
