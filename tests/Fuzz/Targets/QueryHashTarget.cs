using System.Text;
using JiraWebhooks.Jira;

namespace Fuzz;

/// <summary>The query string hash of a request: method, path and query, in lines of the input.</summary>
internal static class QueryHashTarget
{
    public static void Run(byte[] input)
    {
        var lines = Encoding.Latin1.GetString(input).Split('\n');
        var (path, query, basePath) = (lines[0], lines.ElementAtOrDefault(1) ?? "", lines.ElementAtOrDefault(2) ?? "");
        var canonical = QueryStringHash.Canonical("POST", path, "?" + query, basePath);

        FuzzTargets.Require(canonical.StartsWith("POST&/", StringComparison.Ordinal), "A path begins with a slash.");
        FuzzTargets.Require(canonical.Count(character => character == '&') >= 2, "There are three parts.");
        FuzzTargets.Require(canonical == QueryStringHash.Canonical("post", path, "?" + query, basePath), "Case of the method does not matter.");
        FuzzTargets.Require(canonical == QueryStringHash.Canonical("POST", path, $"?jwt=x&{query}&jwt=y", basePath), "A token in the query does not matter.");

        // Of one name, the values are sorted too.
        var reversed = "?" + string.Join('&', query.Split('&').Reverse());
        FuzzTargets.Require(canonical == QueryStringHash.Canonical("POST", path, reversed, basePath), "The order of parameters does not matter.");
    }
}
