using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Recovery;

/// <summary>Writes down that deliveries of a site are failing, and when one is accepted again; beside the receive path, and each at most once
/// in a while. Where storage is away too, the timer's own gap tells.</summary>
public sealed partial class OutageRecorder(OutageTable table, TimeProvider clock, ILogger<OutageRecorder> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Another instance may have recorded the failures and be gone: whoever accepts looks now and then whether there is an outage to end.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Noted> _sites = new(StringComparer.Ordinal);

    /// <summary>Notes a failure; returns at once.</summary>
    /// <param name="site">The site's slug.</param>
    /// <param name="since">Since when events may be missing: now, or earlier where our clock is wrong.</param>
    public void Failed(string site, DateTimeOffset since)
    {
        var (now, noted) = (clock.GetUtcNow(), _sites.GetOrAdd(site, static _ => new Noted()));
        noted.IsFailing = true;
        if (noted.Failed is { } failed && clock.GetElapsedTime(failed) < Pause && since >= noted.Since) return;

        (noted.Failed, noted.Since) = (clock.GetTimestamp(), since);
        _ = WriteAsync(site, table.RecordFailureAsync(site, since, now, CancellationToken.None));
    }

    /// <summary>Notes that a delivery was accepted; returns at once.</summary>
    public void Accepted(string site)
    {
        var (now, noted) = (clock.GetUtcNow(), _sites.GetOrAdd(site, static _ => new Noted()));
        if (noted.Accepted is { } accepted && clock.GetElapsedTime(accepted) < (noted.IsFailing ? Pause : Look)) return;

        (noted.Accepted, noted.IsFailing) = (clock.GetTimestamp(), false);
        _ = WriteAsync(site, table.RecordAcceptedAsync(site, now, CancellationToken.None));
    }

    private async Task WriteAsync(string site, Task write)
    {
        try
        {
            await write;
        }
        catch (Exception error)
        {
            _sites.TryRemove(site, out _);
            Log.NotWritten(logger, site, error.GetType().Name);
        }
    }

    // Read and written by many at once: the worst that comes of it is a row written twice. Timestamps, as the clock may be set meanwhile.
    private sealed class Noted
    {
        public long? Failed { get; set; }

        public DateTimeOffset Since { get; set; }

        public long? Accepted { get; set; }

        public bool IsFailing { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Whether deliveries of {Site} are failing could not be written down ({Error}).")]
        public static partial void NotWritten(ILogger logger, string site, string error);
    }
}
