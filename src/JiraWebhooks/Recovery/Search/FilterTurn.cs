using System.Globalization;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Recovery;

/// <summary>The progress of one run with the passes of one filter.</summary>
internal sealed class FilterTurn(DeclaredWebhook declared)
{
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private readonly List<DateTimeOffset> _marks = [];
    private DateTimeOffset? _reachedBefore;
    private int _pages;

    /// <summary>Name of the declared webhook that has the filter.</summary>
    public string Name => declared.Name;

    /// <summary>Key of the filter.</summary>
    public string Key { get; } = SearchState.Key(declared.Jql);

    /// <summary>Passes that have failed in this run.</summary>
    public List<SearchPass> Failed { get; } = [];

    /// <summary>The current pass, as stored; null before the first pass and after each pass.</summary>
    public SearchPass? Pass { get; private set; }

    /// <summary>Changes since this time are searched in this run.</summary>
    public DateTimeOffset ReadFrom { get; private set; }

    /// <summary>The time reached with each page.</summary>
    public IReadOnlyList<DateTimeOffset> Marks => _marks;

    /// <summary>The JQL of the search.</summary>
    public string Jql { get; private set; } = "";

    /// <summary>Token of the next page; null for the first page, whose errors come only from the filter.</summary>
    public string? Token { get; private set; }

    /// <summary>True when page after page has made no progress.</summary>
    public bool IsStuck => Pass is { } pass && _pages > 1 && pass.Watermark == _reachedBefore && pass.Since == ReadFrom;

    /// <summary>Starts <paramref name="pass"/>.</summary>
    public void Start(SearchPass pass, DateTimeOffset now)
    {
        (Pass, ReadFrom, Token, _reachedBefore, _pages) = (pass, pass.Since, pass.Token, pass.Watermark, 0);
        _marks.Clear();
        _tokens.Clear();
        if (Token is not null) _tokens.Add(Token);

        // The time is relative, so that it contains no time zone. Jira may evaluate it again for each page, so it must not move past the start during the
        // run. A row that was edited by hand, or written within the second, may begin in the future.
        var minutes = Math.Max(1, (long)Math.Ceiling((now - ReadFrom + SearchRun.Slice).TotalMinutes));
        Jql = string.Create(CultureInfo.InvariantCulture, $"({declared.Jql}) AND updated >= \"-{minutes}m\" ORDER BY updated ASC");
    }

    /// <summary>Adds the time reached with a page: its newest change, or that of the page before if no issue has a time.</summary>
    public void Reached(DateTimeOffset? newest) => _marks.Add(newest ?? _marks.LastOrDefault(ReadFrom));

    /// <summary>Continues with the page <paramref name="token"/>. Returns false if this run has already had it.</summary>
    public bool TryContinue(SearchPass stored, string token)
    {
        (Pass, Token, _pages) = (stored, token, _pages + 1);
        return _tokens.Add(token);
    }

    /// <summary>Ends the work on the pass in this run.</summary>
    public void Leave() => (Pass, Token) = (null, null);
}
