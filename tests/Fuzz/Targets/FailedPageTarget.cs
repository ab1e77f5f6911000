using System.Text;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Recovery;

namespace Fuzz;

/// <summary>A page of the failed list, and what becomes of the cursor after it.</summary>
internal static class FailedPageTarget
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static void Run(byte[] input)
    {
        FailedWebhooks? page;
        try
        {
            page = JsonSerializer.Deserialize(input, JiraJsonContext.Default.FailedWebhooks);
        }
        catch (JsonException)
        {
            return;
        }

        var records = (page?.Values ?? []).OfType<FailedWebhook>().ToList();
        FuzzTargets.Require(records.All(record => record.Body is null || !HasHalfACharacter(record.Body)), "A body can be written as UTF-8.");

        var before = new Cursor(Now.AddHours(-1).ToUnixTimeMilliseconds()) { Seen = ["earlier"] };
        var after = before.After(records.Select(record => (record.Id ?? "", record.FailureTime)), Now);
        FuzzTargets.Require(after.Time >= before.Time && after.Time <= Now.ToUnixTimeMilliseconds(), "A cursor advances, and never beyond now.");
        FuzzTargets.Require(after.Seen.Count <= Cursor.MaxSeen && after.Seen.Distinct().Count() == after.Seen.Count, "Identifiers are remembered once.");
        FuzzTargets.Require(records.Count == 0 || records.Count > Cursor.MaxSeen || records.All(record => after.Seen.Contains(record.Id ?? "")), "All that was published is remembered.");
    }

    private static bool HasHalfACharacter(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
