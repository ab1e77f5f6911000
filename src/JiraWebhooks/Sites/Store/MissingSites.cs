using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>Saves that deliveries signed with a secret of this app come for ids without a row, for Health and for other processes. It runs
/// beside the receive path and limits how often it writes for each id.</summary>
internal sealed partial class MissingSites(SiteTable table, TimeProvider clock, ILogger<MissingSites> logger)
{
    /// <summary>Highest number of ids: a token is not bound to the id in the URL, so a leaked token could name any number of ids.</summary>
    public const int Most = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> _notedAt = new(StringComparer.Ordinal);

    /// <summary>Records such a delivery for <paramref name="id"/>; returns at once. False if the id is not saved.</summary>
    public bool Note(string id)
    {
        var isKnown = _notedAt.TryGetValue(id, out var notedAt);
        if (!isKnown && (_notedAt.Count >= Most || !SiteSlug.IsValid(id))) return false;
        if (isKnown && clock.GetElapsedTime(notedAt) < Pause) return true;

        _notedAt[id] = clock.GetTimestamp();
        _ = WriteAsync(id);
        return true;
    }

    private async Task WriteAsync(string id)
    {
        try
        {
            await table.NoteMissingAsync(id, clock.GetUtcNow(), CancellationToken.None);
        }
        catch (Exception error)
        {
            _notedAt.TryRemove(id, out _);
            Log.NotWritten(logger, id, error.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Site {Site}: that it is missing from the table could not be saved ({Error}).")]
        public static partial void NotWritten(ILogger logger, string site, string error);
    }
}
