using System.Collections.Concurrent;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Runs;

/// <summary>Counts which sites a run of a timer should have served, and whether it served any.</summary>
internal sealed class RunTally
{
    private const int MostNames = 10;

    private readonly ConcurrentBag<string> _failed = [];
    private volatile bool _anyWorked;

    /// <summary>Counts the result at <paramref name="site"/>. A disabled site, or one where another run is active, does not count.</summary>
    public void Count(Site site, bool isBusy, bool worked)
    {
        if (isBusy || site.Disabled is not null) return;

        if (worked) _anyWorked = true;
        else _failed.Add(site.Id);
    }

    /// <summary>Counts that the sites added at run time could not be read.</summary>
    public void CountUnreadable() => _failed.Add("those added at run time");

    /// <exception cref="TimerRunException">Every site that should have been served has failed.</exception>
    public void ThrowIfNoneWorked(string timer)
    {
        if (_anyWorked || _failed.IsEmpty) return;

        var names = string.Join(", ", _failed.Order(StringComparer.Ordinal).Take(MostNames));
        throw new TimerRunException($"The {timer} failed for every site: {names}{(_failed.Count > MostNames ? $" and {_failed.Count - MostNames} more" : "")}. The log and /api/health/details have the reasons.");
    }
}
