using System.Text.Json;

namespace JiraSimulator;

/// <summary>Generates the events of an invented team, in the shape of real events (docs/jira-behaviour.md#unknown-content).</summary>
public static class BelievableEvents
{
    private static readonly string[] People = ["Ada Okafor", "Björn Lind", "Chidi Marsh", "Dina Haddad", "Emre Yıldız"];
    private static readonly string[] Summaries = ["Login fails after the update", "Export drops the last row", "Dark mode for the board", "Slow search on Mondays", "Typo on the invoice"];
    private static readonly string[] States = ["To Do", "In Progress", "In Review", "Done"];
    private static readonly (string Event, int Weight)[] Mix =
        [("jira:issue_updated", 10), ("comment_created", 5), ("jira:issue_created", 4), ("comment_updated", 1), ("jira:issue_deleted", 1)];

    /// <summary>Returns the name and body of the next event, without <c>webhookEvent</c> and <c>matchedWebhookIds</c>.</summary>
    public static (string Event, string Json) Next(Random random, string siteUrl, DateTimeOffset now)
    {
        var name = Pick(random);
        var number = random.Next(1, 60);
        var user = User(random, siteUrl);
        var issue = new Dictionary<string, object?>
        {
            ["id"] = $"{10_000 + number}",
            ["self"] = $"{siteUrl}/rest/api/2/issue/{10_000 + number}",
            ["key"] = $"SHOP-{number}",
            ["fields"] = new { summary = Summaries[number % Summaries.Length], status = new { name = States[number % States.Length] }, project = new { id = "10001", key = "SHOP", name = "Web shop" } },
        };

        var body = new Dictionary<string, object?> { ["timestamp"] = now.ToUnixTimeMilliseconds() };
        if (name.StartsWith("comment", StringComparison.Ordinal))
        {
            var id = random.Next(20_000, 30_000);
            body["comment"] = new { self = $"{siteUrl}/rest/api/2/issue/{issue["id"]}/comment/{id}", id = $"{id}", author = user, body = "Seen it too, will look after lunch." };
        }
        else
        {
            body["user"] = user;
            if (name != "jira:issue_deleted") body["issue_event_type_name"] = name == "jira:issue_created" ? "issue_created" : "issue_generic";
        }

        body["issue"] = issue;
        if (name == "jira:issue_updated")
        {
            var from = random.Next(States.Length);
            var item = new Dictionary<string, object?>
            {
                ["field"] = "status",
                ["fieldtype"] = "jira",
                ["fieldId"] = "status",
                ["from"] = $"{from}",
                ["fromString"] = States[from],
                ["to"] = $"{(from + 1) % States.Length}",
                ["toString"] = States[(from + 1) % States.Length],
            };
            body["changelog"] = new { id = $"{random.Next(100_000, 999_999)}", items = new[] { item } };
        }

        return (name, JsonSerializer.Serialize(body));
    }

    private static object User(Random random, string siteUrl)
    {
        var number = random.Next(People.Length);
        return new { self = $"{siteUrl}/rest/api/2/user?accountId=account-{number}", accountId = $"account-{number}", displayName = People[number], active = true, accountType = "atlassian" };
    }

    private static string Pick(Random random)
    {
        var at = random.Next(Mix.Sum(entry => entry.Weight));
        foreach (var (name, weight) in Mix)
        {
            if ((at -= weight) < 0) return name;
        }

        return Mix[0].Event;
    }
}
