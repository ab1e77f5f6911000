using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JiraSimulator;

/// <summary>A request of a search.</summary>
/// <param name="From">Lower bound of the time of change, at the time of the request.</param>
/// <param name="Token">The page; null for the first.</param>
public sealed record IssueQuery(DateTimeOffset From, string? Token);

/// <summary>How a search continues from page to page.</summary>
public enum Paging
{
    /// <summary>To the last page.</summary>
    Normal,

    /// <summary>From the third page back to the second, without end.</summary>
    Circle,

    /// <summary>To pages without issues, each with a new token.</summary>
    Empty,
}

/// <summary>A site's issues in their current state, and the search for them. It evaluates only the bound on <c>updated</c> in the JQL; the rest
/// always matches, as for webhooks.</summary>
public sealed partial class SimulatedIssues(TimeProvider clock)
{
    private const int MostPerPage = 100;

    private readonly Lock _gate = new();
    private readonly IssueIndex _index = new(clock);
    private readonly ConcurrentQueue<IssueQuery> _searches = new();
    private string? _second;
    private int _pages;

    /// <summary>The time until a search finds a change that is made from now on.</summary>
    public TimeSpan IndexLag { get; set; }

    /// <summary>How a search continues from page to page.</summary>
    public Paging Paging { get; set; }

    /// <summary>All requests of searches, page by page.</summary>
    public IReadOnlyCollection<IssueQuery> Searches => _searches;

    /// <summary>False: every page but the first is rejected, as Jira does for an unknown token.</summary>
    public bool KnowsTokens { get; set; } = true;

    /// <summary>Applies the issue of an event, whether or not a webhook matches it.</summary>
    internal void Apply(string webhookEvent, JsonObject body)
    {
        if (body["issue"] is not JsonObject issue || issue["id"]?.ToString() is not { } id) return;

        lock (_gate)
        {
            if (webhookEvent == "jira:issue_deleted")
            {
                _index.Remove(id);
                return;
            }

            var now = clock.GetUtcNow();
            var state = issue.DeepClone().AsObject();
            if (state["fields"] is not JsonObject fields) state["fields"] = fields = [];
            fields["updated"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
            _index.Put(id, now, state.ToJsonString(), now + IndexLag);
        }
    }

    /// <summary>POST search/jql. Version 3 has rich text as documents, version 2 has it as in deliveries.</summary>
    internal IResult Search(SearchRequest body, bool asDocuments)
    {
        if (body.MaxResults < 1) return Answers.Errors(400, "maxResults must be at least 1.");
        if (Bound().Match(body.Jql ?? "") is not { Success: true } bound) return Answers.Errors(400, "The search is unbounded, or this simulator cannot read it: it takes (filter) AND updated >= \"-{n}m\" ORDER BY updated ASC.");

        var token = body.NextPageToken;
        if (token is not null && !KnowsTokens) return Answers.Errors(400, "The provided next page token is invalid.");

        var from = clock.GetUtcNow() - TimeSpan.FromMinutes(long.Parse(bound.Groups[1].Value, CultureInfo.InvariantCulture));
        _searches.Enqueue(new IssueQuery(from, token));
        var maxResults = Math.Min(body.MaxResults ?? 50, MostPerPage);
        lock (_gate)
        {
            if (Paging is Paging.Empty) return Page([], $"empty-{++_pages}", asDocuments);

            // A token contains the last issue, not a number of issues to skip: the bound moves with the clock between pages.
            var after = token is { Length: > 0 } at ? IssuePlace.Parse(at) : IssuePlace.Start;
            var (page, hasMore) = _index.Search(from.ToUnixTimeMilliseconds(), after, maxResults);
            var next = hasMore ? page[^1].Place.ToString() : null;
            if (token is null) _second = next;
            return Page(page, Paging is Paging.Circle && token is not null && token != _second ? _second : next, asDocuments);
        }
    }

    private static IResult Page(IReadOnlyList<(IssuePlace Place, string Json)> page, string? next, bool asDocuments)
    {
        var token = next is null ? "" : $",\"nextPageToken\":\"{next}\"";
        return Results.Text($$"""{"issues":[{{string.Join(',', page.Select(found => asDocuments ? RichText.AsDocuments(found.Json) : found.Json))}}],"isLast":{{(next is null ? "true" : "false")}}{{token}}}""", "application/json");
    }

    [GeneratedRegex("^\\(.+\\) AND updated >= \"-([0-9]{1,7})m\" ORDER BY updated ASC$")]
    private static partial Regex Bound();
}
