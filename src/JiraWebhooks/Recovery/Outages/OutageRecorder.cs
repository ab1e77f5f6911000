using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Recovery;

/// <summary>Records that deliveries of a site fail, and when one is accepted again. It works beside the receive path, and writes each at most once
/// per interval. If storage is unavailable too, the gap between the runs of the timer shows the outage.</summary>
internal sealed partial class OutageRecorder(OutageTable table, TimeProvider clock, ILogger<OutageRecorder> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Another instance may have recorded the failures and stopped. So an instance that accepts deliveries checks at this interval whether there is an
    // outage to end.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Noted> _sites = new(StringComparer.Ordinal);

    /// <summary>Records a failure; returns at once.</summary>
    /// <param name="site">The site's slug.</param>
    /// <param name="since">Since when events may be missing, if that may be before now; null if it is now.</param>
    public void Failed(string site, DateTimeOffset? since)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        noted.IsFailing = true;
        if (noted.Failed is { } failed && clock.GetElapsedTime(failed) < Pause && (since is null || since >= noted.Since)) return;

        var at = clock.GetTimestamp();
        (noted.Failed, noted.Since) = (at, since);
        _ = WriteAsync(site, table.RecordFailureAsync(site, at, since, CancellationToken.None));
    }

    /// <summary>Records that a delivery was accepted; returns at once.</summary>
    public void Accepted(string site)
    {
        var noted = _sites.GetOrAdd(site, static _ => new Noted());
        if (noted.Accepted is { } accepted && clock.GetElapsedTime(accepted) < (noted.IsFailing ? Pause : Look)) return;

        var at = clock.GetTimestamp();
        (noted.Accepted, noted.IsFailing) = (at, false);
        _ = WriteAsync(site, table.RecordAcceptedAsync(site, at, CancellationToken.None));
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

    // Many threads read and write this at once; at worst a row is written twice. It uses timestamps, because the clock may be changed in the meantime.
    private sealed class Noted
    {
        public long? Failed { get; set; }

        public DateTimeOffset? Since { get; set; }

        public long? Accepted { get; set; }

        public bool IsFailing { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Site {Site}: the outage record could not be saved ({Error}).")]
        public static partial void NotWritten(ILogger logger, string site, string error);
    }
}
