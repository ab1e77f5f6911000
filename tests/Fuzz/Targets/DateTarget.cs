using System.Text.Json;
using JiraWebhooks.Jira;

namespace Fuzz;

/// <summary>A date in an answer of Jira.</summary>
internal static class DateTarget
{
    private const int Earliest = 2001;

    public static void Run(byte[] input)
    {
        byte[] answer = [.. "{\"expirationDate\":"u8, .. input, .. "}"u8];
        RefreshedWebhooks? read;
        try
        {
            read = JsonSerializer.Deserialize(answer, JiraJsonContext.Default.RefreshedWebhooks);
        }
        catch (JsonException)
        {
            using var document = Json.Parse(answer);
            FuzzTargets.Require(document is null || HasHalfACharacter(document.RootElement), "Any JSON is read: what is no date is unknown.");
            return;
        }

        FuzzTargets.Require(read?.ExpirationDate is null or { Year: >= Earliest }, "A date is unknown or plausible.");
        FuzzTargets.Require(read?.ExpirationDate is null or { Offset.Ticks: 0 }, "A date is UTC.");
    }

    private static bool HasHalfACharacter(JsonElement answer) =>
        answer.EnumerateObject().Any(member => member.Value.ValueKind is JsonValueKind.String && Json.Text(member.Value) is null);
}
