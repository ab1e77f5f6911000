using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>Caches secrets: a revision never changes, so it is read once. A vault allows few requests per second and may be unavailable: a
/// failed read is retried after 5 s, then 10, 20, up to 5 minutes. If the vault answers none of
/// the reads at a time, no secret is read for 5 s.</summary>
internal sealed partial class SecretCache(ISecretStore store, TimeProvider clock, ILogger<SecretCache> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // A vault that hangs counts as unavailable: the deliveries of every added site wait for this read.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<(string Name, string Revision), SecretPair> _known = new();
    private readonly ConcurrentDictionary<(string Name, string Revision), (long At, int Count)> _failures = new();
    private volatile Moment? _silence;
    private volatile Moment? _answered;

    /// <summary>Returns that revision of the secret, or null if there is none.</summary>
    /// <exception cref="SecretUnavailableException">The revision is not cached and cannot be read now. The previous revision is no substitute:
    /// deliveries that it does not verify would be rejected and lost.</exception>
    public async Task<SecretPair?> GetAsync(string name, string revision, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((name, revision), out var known)) return known;

        var failures = _failures.GetValueOrDefault((name, revision));
        if (failures.Count > 0 && clock.GetElapsedTime(failures.At) < Pause(failures.Count)) throw new SecretUnavailableException(name);
        if (_silence is { } silence && clock.GetElapsedTime(silence.At) < FirstPause) throw new SecretUnavailableException(name);

        var began = clock.GetTimestamp();
        using var time = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            // A missing secret is not cached: a secret that was deleted by accident may be recovered.
            var answer = await store.ReadAsync(name, revision, limit.Token).WaitAsync(limit.Token);
            _answered = new Moment(clock.GetTimestamp());
            if (answer is not { } read) return null;

            _failures.TryRemove((name, revision), out _);
            return _known[(name, revision)] = read;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (time.IsCancellationRequested && !(_answered?.At >= began)) _silence = new Moment(clock.GetTimestamp());
            _failures[(name, revision)] = (clock.GetTimestamp(), failures.Count + 1);
            Log.Unreadable(logger, name, error.GetType().Name, failures.Count + 1);
            throw new SecretUnavailableException(name);
        }
    }

    private static TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10)));

    private sealed record Moment(long At);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The secret {Name} cannot be read ({Error}, {Failures} time(s) in a row): its site's deliveries are answered 503.")]
        public static partial void Unreadable(ILogger logger, string name, string error, int failures);
    }
}

/// <summary>A secret cannot be read now.</summary>
/// <param name="name">The name of the secret.</param>
internal sealed class SecretUnavailableException(string name) : Exception($"The secret {name} cannot be read now.");
