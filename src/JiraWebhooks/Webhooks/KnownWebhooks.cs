using System.Collections.Concurrent;
using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Tells whether a delivery names a webhook that this app has created (docs/jira-behaviour.md#unknown-webhooks). The ids of a site are kept
/// in memory. For an id that is not among them the table is read again, once for all callers and at most once in <see cref="Interval"/>. If storage
/// is unavailable or slow, a delivery waits no longer than <see cref="Patience"/>, and no webhook counts as unknown.</summary>
/// <param name="list">Reads what is stored for a site: <see cref="WebhookTable.ListAsync"/>.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Logs that a site cannot be read.</param>
internal sealed partial class KnownWebhooks(
    Func<string, CancellationToken, Task<IReadOnlyList<WebhookRow>>> list, TimeProvider clock, ILogger<KnownWebhooks> logger) : IKnownWebhooks
{
    /// <summary>Ids older than this are read again, so that a deleted webhook does not stay known.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>A site is read at most once in this time, no matter how many unknown ids arrive.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>No caller waits for a read that is older than this. Later callers still use its result.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Shorter than the interval, so that two reads of a site never overlap.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Entry> _sites = new(StringComparer.Ordinal);

    /// <summary>True when the table, read at most <see cref="Interval"/> ago, holds none of <paramref name="webhookIds"/> (<c>,10,11,</c>);
    /// false when it holds one, or when that is unknown now. Never throws.</summary>
    public ValueTask<bool> AreUnknownAsync(string site, string webhookIds, CancellationToken cancellationToken)
    {
        var entry = _sites.GetOrAdd(site, static _ => new Entry());
        if (entry.LastGood is { } known && clock.GetElapsedTime(known.Started) <= MaxAge && known.HasAny(webhookIds)) return new(false);

        var read = NewestRead(site, entry);
        return read.Ended.IsCompleted ? new(read.HasNone(webhookIds)) : WaitAsync(read, webhookIds, cancellationToken);
    }

    private Read NewestRead(string site, Entry entry)
    {
        var newest = entry.Newest;
        if (newest is not null && clock.GetElapsedTime(newest.Started) < Interval) return newest;

        var mine = new Read(clock.GetTimestamp());
        if (Interlocked.CompareExchange(ref entry.Newest, mine, newest) is { } others && others != newest) return others;

        _ = ReadAsync(site, entry, mine);
        return mine;
    }

    private async ValueTask<bool> WaitAsync(Read read, string webhookIds, CancellationToken cancellationToken)
    {
        var left = Patience - clock.GetElapsedTime(read.Started);
        try
        {
            if (left > TimeSpan.Zero) await read.Ended.WaitAsync(left, clock, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            // The read continues in the background.
        }

        return read.HasNone(webhookIds);
    }

    private async Task ReadAsync(string site, Entry entry, Read read)
    {
        try
        {
            using var limit = new CancellationTokenSource(ReadLimit, clock);
            var rows = await list(site, limit.Token).WaitAsync(limit.Token);
            read.Found([.. rows.Where(row => row.IsCreated).Select(row => row.WebhookId)]);
            entry.LastGood = read;
        }
        catch (Exception error)
        {
            Log.NotRead(logger, site, error.GetType().Name);
        }
        finally
        {
            read.End();
        }
    }

    private sealed class Entry
    {
        public Read? Newest;

        public volatile Read? LastGood;
    }

    private sealed class Read(long started)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile HashSet<long>? _ids;

        public long Started => started;

        public Task Ended => _ended.Task;

        public void Found(HashSet<long> ids) => _ids = ids;

        public void End() => _ended.SetResult();

        public bool HasAny(string webhookIds) => _ids is { } ids && WebhookIds.AnyIn(ids, webhookIds);

        // A read that failed or has not ended reports no webhook as unknown.
        public bool HasNone(string webhookIds) => _ids is { } ids && !WebhookIds.AnyIn(ids, webhookIds);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Site {Site}: known webhooks cannot be read ({Error}). Deliveries are published without `jira_unknown_webhook`.")]
        public static partial void NotRead(ILogger logger, string site, string error);
    }
}
