using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace JiraSimulator;

/// <summary>A site's issues in their present state, and the search for them. Of the JQL it reads the bound on <c>updated</c>; the rest is taken
/// to match, as it is for webhooks.</summary>
public sealed partial class SimulatedIssues(TimeProvider clock)
{
    private const int MostPerPage = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (JsonObject Issue, DateTimeOffset Updated)> _issues = new(StringComparer.Ordinal);

    /// <summary>Takes over what an event says of its issue, whether or not anybody listens.</summary>
    internal void Apply(string webhookEvent, JsonObject body)
    {
        if (body["issue"] is not JsonObject issue || issue["id"]?.ToString() is not { } id) return;

        lock (_gate)
        {
            if (webhookEvent == "jira:issue_deleted")
            {
                _issues.Remove(id);
                return;
            }

            var now = clock.GetUtcNow();
            var state = issue.DeepClone().AsObject();
            if (state["fields"] is not JsonObject fields) state["fields"] = fields = [];
            fields["updated"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
            _issues[id] = (state, now);
        }
    }

    /// <summary>POST /rest/api/3/search/jql</summary>
    internal IResult Search(JsonElement body)
    {
        var jql = body.TryGetProperty("jql", out var text) ? text.GetString() ?? "" : "";
        if (Bound().Match(jql) is not { Success: true } bound) return WebhookOperations.Errors(400, "The search is unbounded, or this simulator cannot read it: it takes (filter) AND updated >= \"-{n}m\" ORDER BY updated ASC.");

        var from = clock.GetUtcNow() - TimeSpan.FromMinutes(long.Parse(bound.Groups[1].Value, CultureInfo.InvariantCulture));
        var maxResults = Math.Clamp(body.TryGetProperty("maxResults", out var most) ? most.GetInt32() : 50, 1, MostPerPage);
        var after = body.TryGetProperty("nextPageToken", out var token) && token.GetString() is { } at ? Place.Parse(at) : Place.Start;
        lock (_gate)
        {
            // A token says behind which issue to go on, not how many to skip: the bound moves on with the clock meanwhile.
            var left = _issues
                .Where(issue => issue.Value.Updated >= from)
                .Select(issue => (Place: new Place(issue.Value.Updated.ToUnixTimeMilliseconds(), issue.Key), issue.Value.Issue))
                .Where(found => found.Place.CompareTo(after) > 0)
                .OrderBy(found => found.Place)
                .ToList();
            var page = left.Take(maxResults).ToList();
            var answer = new JsonObject { ["issues"] = new JsonArray([.. page.Select(found => found.Issue.DeepClone())]), ["isLast"] = page.Count == left.Count };
            if (page.Count < left.Count) answer["nextPageToken"] = page[^1].Place.ToString();
            return Results.Text(answer.ToJsonString(), "application/json");
        }
    }

    // Where an issue stands in the order of the search.
    private readonly record struct Place(long Updated, string Id) : IComparable<Place>
    {
        public static readonly Place Start = new(long.MinValue, "");

        public static Place Parse(string token) => token.Split('-') is [var updated, var id]
            ? new Place(long.Parse(updated, CultureInfo.InvariantCulture), id)
            : throw new FormatException("The token is none of ours.");

        public int CompareTo(Place other) => Updated != other.Updated ? Updated.CompareTo(other.Updated) : string.CompareOrdinal(Id, other.Id);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Updated}-{Id}");
    }

    [GeneratedRegex("^\\(.+\\) AND updated >= \"-([0-9]{1,7})m\" ORDER BY updated ASC$")]
    private static partial Regex Bound();
}
