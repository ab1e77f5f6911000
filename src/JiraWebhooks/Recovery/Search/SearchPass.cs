using System.Text.Json.Serialization;

namespace JiraWebhooks.Recovery;

/// <summary>The kind of a pass over a stretch.</summary>
internal enum PassKind
{
    /// <summary>Finds what the index shows now.</summary>
    First,

    /// <summary>The whole stretch again: an index lags by minutes.</summary>
    Second,

    /// <summary>The last hour of the stretch again: an index may lag by hours.</summary>
    Late,
}

/// <summary>One search by one filter over a stretch of time. It may take several runs, and each run makes progress.</summary>
/// <param name="Kind">The kind of the pass.</param>
/// <param name="From">Start of the stretch.</param>
/// <param name="To">End of the stretch.</param>
/// <param name="Due">The time from which it may run.</param>
internal sealed record SearchPass(PassKind Kind, DateTimeOffset From, DateTimeOffset To, DateTimeOffset Due)
{
    /// <summary>A search extends this far beyond both ends of its stretch, because clocks differ.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>An interrupted search restarts this far before its watermark, because an issue may be indexed after a later one.</summary>
    public static readonly TimeSpan StepBack = TimeSpan.FromMinutes(30);

    // Jira compares the times of changes by the minute.
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    private const int LongestToken = 2000;

    /// <summary>All changes that were found up to this time are published; null before the first page.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>The next run does not start before this time, even if it is close to the watermark; null means that only the start of the stretch
    /// limits it.</summary>
    public DateTimeOffset? Floor { get; init; }

    /// <summary>Token of the next page, needed only where a time is not enough: a minute that has more issues than a run can read.</summary>
    public string? Token { get; init; }

    /// <summary>Where the next run begins: at the watermark minus <see cref="StepBack"/>, and never before the start.</summary>
    [JsonIgnore]
    public DateTimeOffset Since => Latest(From - Overlap, Latest(Watermark - StepBack, Floor))!.Value;

    /// <summary>The pass after a page of a run.</summary>
    /// <param name="newest">The newest change on the page, or null if no issue has a time.</param>
    /// <param name="marks">The time reached with each page of this run, this one included.</param>
    /// <param name="readFrom">Where this run began.</param>
    /// <param name="token">Token of the page after this one, or null.</param>
    public SearchPass After(DateTimeOffset? newest, IReadOnlyList<DateTimeOffset> marks, DateTimeOffset readFrom, string? token)
    {
        // A step back of 30 minutes may repeat more than half of this run. Then step back less. Pages up to the start are repeated in any case, so they
        // do not count.
        var floor = Math.Min(marks.Count, (marks.Count / 2) + marks.Count(mark => mark <= readFrom));
        var next = this with { Watermark = Latest(Watermark, newest), Floor = Latest(Floor, floor > 0 ? marks[floor - 1] : readFrom) };
        return next with { Token = next.Since - readFrom < Grain && token?.Length <= LongestToken ? token : null };
    }

    /// <summary>True if the newest change of a page is after the end of this pass: later changes are delivered, not searched for.</summary>
    public bool EndsBefore(DateTimeOffset? newest) => newest > To + Overlap;

    /// <summary>Merges this pass and <paramref name="other"/> into one that has not begun.</summary>
    public SearchPass Union(SearchPass other) => new(
        Kind, From < other.From ? From : other.From, To > other.To ? To : other.To, Due < other.Due ? Due : other.Due);

    /// <summary>The same pass as it was before it began.</summary>
    public SearchPass Restarted() => new(Kind, From, To, Due);

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one > other ? one : other ?? one;
}
