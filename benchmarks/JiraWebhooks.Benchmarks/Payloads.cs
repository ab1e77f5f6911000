using System.Text;
using System.Text.Json.Nodes;

namespace JiraWebhooks.Benchmarks;

/// <summary>Bodies in the shape of real ones: short fields, nested users, and a description that fills up to the requested size.</summary>
internal static class Payloads
{
    public const int Small = 4 * 1024;
    public const int Medium = 64 * 1024;
    public const int Large = 1024 * 1024;

    /// <summary>A webhook that the site knows.</summary>
    public const long WebhookId = 10;

    /// <summary>A <c>jira:issue_updated</c> of exactly <paramref name="size"/> bytes.</summary>
    public static byte[] Jira(int size) => Fill(size, filler => new JsonObject
    {
        ["timestamp"] = 1_700_000_000_123,
        ["webhookEvent"] = "jira:issue_updated",
        ["issue_event_type_name"] = "issue_generic",
        ["user"] = JiraUser("5b10a2844c20165700ede21g"),
        ["issue"] = new JsonObject
        {
            ["id"] = "10002",
            ["self"] = "https://acme.atlassian.net/rest/api/2/issue/10002",
            ["key"] = "ED-1",
            ["fields"] = new JsonObject
            {
                ["summary"] = "The printer on the third floor prints in green",
                ["description"] = filler,
                ["issuetype"] = new JsonObject { ["id"] = "10004", ["name"] = "Bug", ["subtask"] = false, ["hierarchyLevel"] = 0 },
                ["project"] = new JsonObject { ["id"] = "10000", ["key"] = "ED", ["name"] = "Education", ["projectTypeKey"] = "software", ["simplified"] = false },
                ["status"] = new JsonObject { ["id"] = "3", ["name"] = "In Progress", ["statusCategory"] = new JsonObject { ["id"] = 4, ["key"] = "indeterminate" } },
                ["priority"] = new JsonObject { ["id"] = "3", ["name"] = "Medium" },
                ["creator"] = JiraUser("5b10a2844c20165700ede22g"),
                ["reporter"] = JiraUser("5b10a2844c20165700ede22g"),
                ["assignee"] = JiraUser("5b10a2844c20165700ede23g"),
                ["labels"] = new JsonArray("office", "third-floor"),
                ["created"] = "2023-11-14T22:13:20.000+0000",
                ["updated"] = "2023-11-14T22:13:20.123+0000",
                ["customfield_10020"] = null,
                ["customfield_10021"] = 3.5,
            },
        },
        ["changelog"] = new JsonObject
        {
            ["id"] = "10124",
            ["items"] = new JsonArray(
                new JsonObject { ["field"] = "status", ["fieldId"] = "status", ["from"] = "1", ["fromString"] = "To Do", ["to"] = "3", ["toString"] = "In Progress" }),
        },
        ["matchedWebhookIds"] = new JsonArray(WebhookId, 11),
    });

    /// <summary>A GitHub <c>issues</c> event of exactly <paramref name="size"/> bytes, for the comparison with Octokit.</summary>
    public static byte[] GitHub(int size) => Fill(size, filler => new JsonObject
    {
        ["action"] = "opened",
        ["issue"] = new JsonObject
        {
            ["id"] = 10002,
            ["node_id"] = "I_kwDOA",
            ["number"] = 7,
            ["url"] = "https://api.github.com/repos/acme/print/issues/7",
            ["repository_url"] = "https://api.github.com/repos/acme/print",
            ["labels_url"] = "https://api.github.com/repos/acme/print/issues/7/labels",
            ["comments_url"] = "https://api.github.com/repos/acme/print/issues/7/comments",
            ["events_url"] = "https://api.github.com/repos/acme/print/issues/7/events",
            ["html_url"] = "https://github.com/acme/print/issues/7",
            ["title"] = "The printer on the third floor prints in green",
            ["body"] = filler,
            ["state"] = "open",
            ["locked"] = false,
            ["comments"] = 0,
            ["user"] = GitHubUser(11),
            ["assignee"] = GitHubUser(12),
            ["assignees"] = new JsonArray(GitHubUser(12)),
            ["labels"] = new JsonArray(),
            ["created_at"] = "2023-11-14T22:13:20Z",
            ["updated_at"] = "2023-11-14T22:13:20Z",
            ["author_association"] = "OWNER",
        },
        ["repository"] = new JsonObject
        {
            ["id"] = 10000,
            ["node_id"] = "R_kgDO",
            ["name"] = "print",
            ["full_name"] = "acme/print",
            ["private"] = false,
            ["owner"] = GitHubUser(13),
            ["html_url"] = "https://github.com/acme/print",
            ["description"] = "Prints",
            ["fork"] = false,
            ["url"] = "https://api.github.com/repos/acme/print",
            ["default_branch"] = "main",
        },
        ["sender"] = GitHubUser(11),
    });

    private static JsonObject JiraUser(string id) => new()
    {
        ["self"] = $"https://acme.atlassian.net/rest/api/2/user?accountId={id}",
        ["accountId"] = id,
        ["avatarUrls"] = new JsonObject
        {
            ["48x48"] = $"https://avatar.example.com/{id}/48",
            ["24x24"] = $"https://avatar.example.com/{id}/24",
            ["16x16"] = $"https://avatar.example.com/{id}/16",
            ["32x32"] = $"https://avatar.example.com/{id}/32",
        },
        ["displayName"] = "Mia Krystof",
        ["active"] = true,
        ["timeZone"] = "Australia/Sydney",
        ["accountType"] = "atlassian",
    };

    private static JsonObject GitHubUser(int id) => new()
    {
        ["login"] = $"user-{id}",
        ["id"] = id,
        ["node_id"] = "MDQ6VXNlcjE=",
        ["avatar_url"] = $"https://avatar.example.com/{id}",
        ["gravatar_id"] = "",
        ["url"] = $"https://api.github.com/users/user-{id}",
        ["html_url"] = $"https://github.com/user-{id}",
        ["followers_url"] = $"https://api.github.com/users/user-{id}/followers",
        ["gists_url"] = $"https://api.github.com/users/user-{id}/gists",
        ["repos_url"] = $"https://api.github.com/users/user-{id}/repos",
        ["type"] = "User",
        ["site_admin"] = false,
    };

    private static byte[] Fill(int size, Func<string, JsonObject> make)
    {
        var bare = Encoding.UTF8.GetByteCount(make("").ToJsonString());
        var text = new StringBuilder();
        while (text.Length < size - bare) text.Append("This sentence fills up the description. ");
        text.Length = Math.Max(0, size - bare);
        var body = Encoding.UTF8.GetBytes(make(text.ToString()).ToJsonString());
        return body.Length == size ? body : throw new InvalidOperationException("The payload's other fields are already larger than the requested body.");
    }
}
