namespace JiraWebhooks.Recovery;

/// <summary>What is left to search for by one filter, and since when Jira refuses it. A stretch is searched first when a loss in it becomes known.
/// When that pass has ended, a second and a late pass are planned. Each pass is independent of the others and stays until it has ended.</summary>
internal sealed record FilterSearch
{
    /// <summary>How long after the end of the first pass the second one begins. It ends at its own start time, so it also covers what changed
    /// meanwhile.</summary>
    public static readonly TimeSpan SecondAfter = TimeSpan.FromMinutes(15);

    /// <summary>How long after the end of the first pass the late one begins.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromHours(12);

    /// <summary>How much of the stretch the late pass covers.</summary>
    public static readonly TimeSpan LatePart = TimeSpan.FromHours(1);

    /// <summary>A filter counts as refused if Jira has refused it in runs over this time. Jira may also say that a project does not exist although it
    /// exists again a minute later.</summary>
    public static readonly TimeSpan RefusalTime = TimeSpan.FromHours(24);

    /// <summary>Maximum number of passes of one kind. More are merged, so that the row cannot grow without limit.</summary>
    public const int MostOfAKind = 20;

    /// <summary>The remaining passes, in order.</summary>
    public IReadOnlyList<SearchPass> Passes { get; init; } = [];

    /// <summary>The first refusal of the filter since it was last accepted, or null.</summary>
    public DateTimeOffset? RefusedSince { get; init; }

    /// <summary>Plans a search: changes since <paramref name="from"/> may have been lost.</summary>
    public FilterSearch Lost(DateTimeOffset from, DateTimeOffset now)
    {
        if (Passes.FirstOrDefault(pass => pass.Kind is PassKind.First) is not { } open) return Plan(First(from, now));

        // Progress is kept, unless the new stretch begins before the old one.
        return Replace(open, from < open.From ? First(from, now) : open with { To = now });
    }

    /// <summary>The next pass that may run, other than <paramref name="except"/>.</summary>
    public SearchPass? Next(DateTimeOffset now, IReadOnlyCollection<SearchPass> except) => Passes.FirstOrDefault(pass => pass.Due <= now && !except.Contains(pass));

    /// <summary>Writes a new state of <paramref name="pass"/>.</summary>
    public FilterSearch Replace(SearchPass pass, SearchPass next) => this with { Passes = [.. Passes.Select(known => known == pass ? next : known)] };

    /// <summary>Removes a pass that has ended. A first pass is followed by the two that repeat it.</summary>
    public FilterSearch End(SearchPass pass, DateTimeOffset now)
    {
        var rest = this with { Passes = [.. Passes.Where(known => known != pass)] };
        if (pass.Kind is not PassKind.First) return rest;

        var lastPart = pass.To - LatePart;
        return rest
            .Plan(new SearchPass(PassKind.Second, pass.From, now + SecondAfter, now + SecondAfter))
            .Plan(new SearchPass(PassKind.Late, lastPart > pass.From ? lastPart : pass.From, pass.To, now + LateAfter));
    }

    /// <summary>Jira accepts the filter.</summary>
    public FilterSearch Accepted() => RefusedSince is null ? this : this with { RefusedSince = null };

    /// <summary>Jira has refused the filter itself.</summary>
    public FilterSearch Refused(DateTimeOffset now) => this with { RefusedSince = RefusedSince ?? now };

    /// <summary>True when the filter has been refused for long enough to give up.</summary>
    public bool IsRefused(DateTimeOffset now) => now - RefusedSince >= RefusalTime;

    /// <summary>Gives up the due passes. The next stretch is searched like a first one.</summary>
    public FilterSearch GiveUp(DateTimeOffset now) => new() { Passes = [.. Passes.Where(pass => pass.Due > now)] };

    /// <summary>Takes over the passes of a filter that no longer exists.</summary>
    public FilterSearch TakeOver(FilterSearch former) => former.Passes.Aggregate(this, (search, pass) => search.Plan(pass.Restarted()));

    // Due from its start, and not only from now: it may run at once even if the clock is ahead now.
    private static SearchPass First(DateTimeOffset from, DateTimeOffset now) => new(PassKind.First, from, now, from);

    private FilterSearch Plan(SearchPass pass)
    {
        var sameKind = Passes.Where(known => known.Kind == pass.Kind).ToList();
        var united = sameKind.Find(known => known.Watermark is null && (known.Due - pass.Due).Duration() <= Tolerance(pass.Kind))
            ?? (sameKind.Count >= MostOfAKind ? sameKind[0] : null);
        var passes = united is null ? Passes.Append(pass) : Passes.Select(known => known == united ? united.Union(pass) : known);
        return this with { Passes = [.. passes.OrderBy(known => known.Kind).ThenBy(known => known.Due)] };
    }

    // Repeats planned this close to each other are merged.
    private static TimeSpan Tolerance(PassKind kind) => kind is PassKind.Late ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5);
}
