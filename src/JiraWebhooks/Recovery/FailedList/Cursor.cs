using Azure;

namespace JiraWebhooks.Recovery;

/// <summary>How far a site's failed list has been read.</summary>
/// <param name="Time">Failure time up to which everything is published, epoch milliseconds.</param>
internal sealed record Cursor(long Time)
{
    /// <summary>Maximum number of identifiers that are kept. The bus drops a repeat beyond them.</summary>
    public const int MaxSeen = 1000;

    /// <summary>Identifiers published last, newest at the end. They identify the records in the overlap of two polls.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>Where a run that did not reach the end of the list has to go on, epoch milliseconds; null after the end was reached.</summary>
    public long? ReadTo { get; init; }

    /// <summary>Since when the failed list is closed to the site (403), or null.</summary>
    public DateTimeOffset? UnsupportedSince { get; init; }

    /// <summary>Version of the row; null for one that was never written.</summary>
    public ETag? Version { get; init; }

    /// <summary>The cursor after <paramref name="published"/>: it only advances, and never beyond <paramref name="now"/>, even if a record has a
    /// later time.</summary>
    public Cursor After(IEnumerable<(string Identifier, long Time)> published, DateTimeOffset now)
    {
        var seen = new List<string>(Seen);
        var time = Time;
        foreach (var (identifier, failed) in published)
        {
            seen.Remove(identifier);
            seen.Add(identifier);
            time = Math.Max(time, Math.Min(failed, now.ToUnixTimeMilliseconds()));
        }

        return this with { Time = time, Seen = [.. seen.TakeLast(MaxSeen)] };
    }
}
