using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>Writes down that deliveries of a site are failing, beside the receive path and at most once a minute. Where storage is away too,
/// the timer's own gap tells.</summary>
public sealed partial class OutageRecorder(SweepTable table, TimeProvider clock, ILogger<OutageRecorder> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _written = new(StringComparer.Ordinal);

    /// <summary>Notes a failure; returns at once.</summary>
    public void Failed(string site)
    {
        var now = clock.GetUtcNow();
        if (_written.TryGetValue(site, out var last) && now - last < Pause) return;

        _written[site] = now;
        _ = WriteAsync(site, now);
    }

    private async Task WriteAsync(string site, DateTimeOffset at)
    {
        try
        {
            await table.RecordFailureAsync(site, at, CancellationToken.None);
        }
        catch (Exception error)
        {
            _written.TryRemove(site, out _);
            Log.NotWritten(logger, site, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "That deliveries of {Site} are failing could not be written down ({Error}).")]
        public static partial void NotWritten(ILogger logger, string site, string error);
    }
}
