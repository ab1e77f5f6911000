using System.Globalization;
using JiraWebhooks.Jira;

namespace JiraWebhooks.Recovery;

/// <summary>The report of one run of a site's searches.</summary>
internal sealed class SearchReport(string site)
{
    private readonly List<string> _problems = [];
    private readonly List<Loss> _losses = [];
    private SitePoll _result = new(site) { IsRepeat = true };

    /// <summary>A pass has begun or continues.</summary>
    public void Started(SearchPass pass) => _result = _result with
    {
        SearchedFrom = _result.SearchedFrom < pass.From ? _result.SearchedFrom : pass.From,
        IsRepeat = _result.IsRepeat && pass.Kind is not PassKind.First,
    };

    /// <summary>Issues were published.</summary>
    public void Published(PassKind kind, int issues) => _result = kind is PassKind.First
        ? _result with { Recovered = _result.Recovered + issues, Found = _result.Found + issues }
        : _result with { Repeated = _result.Repeated + issues };

    /// <summary>How long Jira asks to wait; null if it does not.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Adds a problem.</summary>
    public void Add(string problem)
    {
        if (!_problems.Contains(problem)) _problems.Add(problem);
    }

    /// <summary>A pass has failed and continues at the next run.</summary>
    public void Failed(string declared, SearchPass pass, string words) =>
        Add(string.Create(CultureInfo.InvariantCulture, $"The search for webhook {declared} since {pass.From:u} failed, and goes on at the next run: {words}"));

    /// <summary>All requests were used up, and none made progress.</summary>
    public void Stuck(string declared, int requests) =>
        Add($"The search for webhook {declared} does not end: Jira has given page after page, up to {requests} in a run, without a later change. The next run goes on.");

    /// <summary>Jira refuses a filter: <paramref name="search"/> is retried, or given up if it has been refused for long.</summary>
    public void Refused(string declared, FilterSearch search, JiraApiException error, DateTimeOffset now)
    {
        var due = search.Passes.Where(pass => pass.Due <= now).ToList();
        var (from, since) = (due.Min(pass => pass.From), search.RefusedSince!.Value);
        if (!search.IsRefused(now))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"Jira refuses the filter of webhook {declared}. Its changes since {from:u} are searched for at every run, and given up when it is still refused at {since + FilterSearch.RefusalTime:u}: {error.Message}"));
            return;
        }

        var words = string.Create(CultureInfo.InvariantCulture, $"Jira has refused the filter of webhook {declared} since {since:u}. Its changes from {from:u} to {due.Max(pass => pass.To):u} are no longer searched for: {error.Message}");
        _losses.Add(new Loss(Loss.RefusedFilter, words));
        Add(words);
    }

    /// <summary>The result of the run.</summary>
    public SitePoll Result(bool isUnfinished) => _result with
    {
        Problem = _problems.Count == 0 ? null : string.Join(' ', _problems),
        RetryAfter = RetryAfter,
        Losses = _losses,
        Unfinished = isUnfinished,
        IsRepeat = _result.IsRepeat && _result.SearchedFrom is not null,
    };
}
