using System.Globalization;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Recovery;

/// <summary>How far one run has come with the passes of one filter.</summary>
internal sealed class FilterTurn(Subscription subscription)
{
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private DateTimeOffset? _reachedBefore;
    private int _pages;

    /// <summary>The subscription whose filter it is.</summary>
    public string Name => subscription.Name;

    /// <summary>Key of the filter.</summary>
    public string Key { get; } = SweepState.Key(subscription.Jql);

    /// <summary>Passes that have failed in this run.</summary>
    public List<SearchPass> Failed { get; } = [];

    /// <summary>The pass that is searched now, as it is stored; null before the first and after each.</summary>
    public SearchPass? Pass { get; private set; }

    /// <summary>Where this run began with the pass.</summary>
    public DateTimeOffset Begin { get; private set; }

    /// <summary>How far it came with each page.</summary>
    public List<DateTimeOffset> Marks { get; } = [];

    /// <summary>The search.</summary>
    public string Jql { get; private set; } = "";

    /// <summary>The page to ask for; null for the first one, which Jira judges by the filter alone.</summary>
    public string? Token { get; private set; }

    /// <summary>True when page after page has led no further.</summary>
    public bool IsStuck => Pass is { } pass && _pages > 1 && pass.Watermark == _reachedBefore && pass.Since == Begin;

    /// <summary>Begins with <paramref name="pass"/>.</summary>
    public void Start(SearchPass pass, DateTimeOffset now)
    {
        (Pass, Begin, Token, _reachedBefore, _pages) = (pass, pass.Since, pass.Token, pass.Watermark, 0);
        Marks.Clear();
        _tokens.Clear();
        if (Token is not null) _tokens.Add(Token);

        // Relative, so that no time zone is in it. Jira may read it again for each page: it must not pass the start while this runs.
        var minutes = (long)Math.Ceiling((now - Begin + SearchRun.Slice).TotalMinutes);
        Jql = string.Create(CultureInfo.InvariantCulture, $"({subscription.Jql}) AND updated >= \"-{minutes}m\" ORDER BY updated ASC");
    }

    /// <summary>Goes on to the page <paramref name="token"/>; false when the run has had it before.</summary>
    public bool TryContinue(SearchPass stored, string token)
    {
        (Pass, Token, _pages) = (stored, token, _pages + 1);
        return _tokens.Add(token);
    }

    /// <summary>Leaves the pass.</summary>
    public void Leave() => (Pass, Token) = (null, null);
}
