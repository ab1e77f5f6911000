using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Sites;

/// <summary>Keeps that deliveries signed with a secret of this app come for ids without a row, for Health and for other processes; beside the
/// receive path, and once in a while for each id.</summary>
internal sealed partial class MissingSites(SiteTable table, TimeProvider clock, ILogger<MissingSites> logger)
{
    /// <summary>Most ids that are kept: a token is not bound to the id it is sent to, so one that leaked could name any number.</summary>
    public const int Most = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> _notedAt = new(StringComparer.Ordinal);

    /// <summary>Notes such a delivery for <paramref name="id"/>; returns at once. False where the id is not kept.</summary>
    public bool Note(string id)
    {
        var isKnown = _notedAt.TryGetValue(id, out var notedAt);
        if (!isKnown && (_notedAt.Count >= Most || !SiteReader.IsSlug(id))) return false;
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
