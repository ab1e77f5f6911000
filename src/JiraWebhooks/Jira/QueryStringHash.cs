using System.Security.Cryptography;
using System.Text;

namespace JiraWebhooks.Jira;

/// <summary>Atlassian's <c>qsh</c> claim: it binds a token to one method, path and query
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/#creating-a-query-string-hash"/>).</summary>
internal static class QueryStringHash
{
    /// <summary>The claim's value: 64 lower-case hexadecimal digits.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path as sent, with its percent-encoding.</param>
    /// <param name="query">The query as sent, with or without its question mark; a <c>jwt</c> parameter in it is ignored.</param>
    /// <param name="basePath">Path of the base URL, which is not part of the hash. For calls it is the product's, for deliveries the app's.</param>
    public static string Compute(string method, string path, string? query = null, string? basePath = null) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(method, path, query, basePath))));

    /// <summary>The text that is hashed: <c>METHOD&amp;path&amp;query</c>.</summary>
    public static string Canonical(string method, string path, string? query = null, string? basePath = null) =>
        $"{method.ToUpperInvariant()}&{CanonicalPath(path, basePath?.TrimEnd('/') ?? "")}&{CanonicalQuery(query ?? "")}";

    private static string CanonicalPath(string path, string basePath)
    {
        if (path.StartsWith(basePath, StringComparison.Ordinal) && (path.Length == basePath.Length || path[basePath.Length] == '/'))
        {
            path = path[basePath.Length..];
        }

        if (!path.StartsWith('/')) path = '/' + path;
        if (path.Length > 1 && path.EndsWith('/')) path = path[..^1];
        return path.Replace("&", "%26", StringComparison.Ordinal);
    }

    // Sort by the decoded names and values, not by the encoded ones: Atlassian's own test vectors require it, its text does not say so.
    private static string CanonicalQuery(string query)
    {
        var parameters = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        // One question mark begins a query. A second one is part of a name.
        foreach (var pair in (query.StartsWith('?') ? query[1..] : query).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (name == "jwt") continue;

            if (!parameters.TryGetValue(name, out var values)) parameters[name] = values = [];
            values.Add(equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }

        return string.Join('&', parameters.Select(parameter =>
            $"{Uri.EscapeDataString(parameter.Key)}={string.Join(',', parameter.Value.Order(StringComparer.Ordinal).Select(Uri.EscapeDataString))}"));
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
