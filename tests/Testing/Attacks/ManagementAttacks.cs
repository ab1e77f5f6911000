using System.Text;

namespace Testing.Attacks;

/// <summary>Calls of the management API and of the onboarding that must change nothing. In Azure, the Functions host checks the key.</summary>
internal static class ManagementAttacks
{
    private const string Path = "/api/sites/pied";

    /// <summary>The rows, with the key of the host, whose requests are for <paramref name="host"/>.</summary>
    public static IEnumerable<Attack> Of(string key, string host)
    {
        (string, string) withKey = ("x-functions-key", key);
        yield return Put("no key", "a key is required", 401, Site());
        yield return Put("another key", "the key is compared", 401, Site(), ("x-functions-key", new string('a', key.Length)));
        yield return Put("all but the last character of the key", "all of the key is compared", 401, Site(), ("x-functions-key", key[..^1]));
        yield return Put("the key as a token", "the key has its own header", 401, Site(), ("Authorization", $"Bearer {key}"));
        yield return Put("two keys", "a header has one key", 401, Site(), ("x-functions-key", "another"), withKey);
        yield return Put("a page on another name of this machine", "a name that leads here is not this machine", 404, Site(), ("Host", "rebound.example"), withKey);
        yield return Put("through a tunnel", "a key does not work from elsewhere", 404, Site(), withKey, ("X-Forwarded-For", "203.0.113.7"));
        yield return Put("a foreign page", "a page of another origin is refused", 404, Site(), withKey, ("Origin", "https://evil.example"));

        yield return Put("Jira at the metadata service", "http leads nowhere but to this machine", 400, Site(url: "http://169.254.169.254"), withKey);
        yield return Put("Jira in a file", "an address is https", 400, Site(url: "file:///etc/passwd"), withKey);
        yield return Put("Jira with a password", "an address has no password", 400, Site(url: "https://user:password@acme.atlassian.net"), withKey);
        yield return Put("Jira with a path", "a site is an origin", 400, Site(url: "https://acme.atlassian.net/a/../b"), withKey);
        yield return Put("Jira's API behind gopher", "the API's address is https", 400, Site(more: ",\"apiUrl\":\"gopher://127.0.0.1:6379/\""), withKey);
        yield return Put("Jira's API with a fragment", "the API's address has no fragment", 400, Site(more: ",\"apiUrl\":\"https://api.example.com/#x\""), withKey);
        yield return Put("nested without end", "the depth is limited", 400, new string('[', 10_000), withKey);
        yield return Put("text with half a character", "JSON is UTF-8", 400, "{\"url\":\"\u00e9\"}", withKey);
        yield return Put("a body of 3 MB", "the size is limited", 413, $$"""{"url":"{{new string('a', 3_000_000)}}"}""", withKey);
        yield return At("PUT", "a row of the app's own", "a site's name is a slug", 400, "/api/sites/%24runs", Site(), withKey);
        yield return At("PUT", "a path for a name", "a site's name is no path", 400, "/api/sites/..%2Ftokens", Site(), withKey);
        yield return At("POST", "a timer without a key", "timers take the key", 401, "/admin/functions/RefreshWebhooks", "{}");

        yield return At("GET", "no state", "a consent begins here", 400, "/api/oauth/callback?code=stolen", "");
        yield return At("GET", "a guessed state", "a state is of this app", 400, "/api/oauth/callback?code=stolen&state=guessed", "", ("Cookie", "jira_oauth_0123456789abcdef=of-this-browser"));
        yield return At("GET", "two states", "a consent has one state", 400, "/api/oauth/callback?code=stolen&state=a&state=b", "");
        yield return At("POST", "a form of another site", "a choice belongs to a consent", 400, "/api/oauth/sites", "state=guessed&site=acme", ("Content-Type", "application/x-www-form-urlencoded"));

        Attack Put(string name, string property, int status, string body, params (string Name, string Value)[] headers) => At("PUT", name, property, status, Path, body, headers);

        Attack At(string verb, string name, string property, int status, string path, string body, params (string Name, string Value)[] headers)
        {
            (string Name, string Value)[] common = headers.Any(header => header.Name == "Host") ? headers : [.. headers, ("Host", host)];
            var bytes = Encoding.Latin1.GetBytes(body);
            return new(name, property, status, [.. Wire.Head($"{verb} {path} HTTP/1.1", [.. common, ("Content-Length", $"{bytes.Length}")]), .. bytes]);
        }
    }

    private static string Site(string url = "https://pied.atlassian.net", string more = "") => $$"""{"scheme":"AdminWebhook","url":"{{url}}","secret":"a-secret-of-the-attack"{{more}}}""";
}
