using NCrontab;

namespace JiraWebhooks.Hosting;

/// <summary>The schedules of the timers: settings that the Functions host reads, six-field NCRONTAB in UTC. If a schedule is missing or
/// invalid, that host only disables the timer, and the webhooks expire 30 days later.</summary>
public static class Schedules
{
    /// <summary>Setting of the refresh.</summary>
    public const string Refresh = "RefreshSchedule";

    /// <summary>Setting of the poll.</summary>
    public const string Poll = "PollSchedule";

    /// <summary>The default schedules, by setting.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        [Refresh] = "0 17 3 * * *",
        [Poll] = "0 */15 * * * *",
    };

    /// <summary>Parses <paramref name="text"/>; null if it is no schedule, or one that never occurs.</summary>
    public static CrontabSchedule? Parse(string? text)
    {
        try
        {
            return CrontabSchedule.TryParse(text ?? "", new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is { } schedule && Occurs(schedule) ? schedule : null;
        }
        catch (OverflowException)
        {
            return null; // TryParse throws for a number that does not fit into an int
        }
    }

    internal static IEnumerable<string> Errors(SettingsTexts texts)
    {
        foreach (var (name, example) in Defaults)
        {
            var form = $"six fields (second minute hour day month weekday), like {example}";
            if (texts[name] is null) yield return $"{name} is missing: set it to {form}.";
            else if (Parse(texts[name]) is null) yield return $"{name} must have {form}, that name a time which exists.";
        }
    }

    // NCrontab returns the end of its range if there is no next time, for example for 31 February.
    private static bool Occurs(CrontabSchedule schedule) => schedule.GetNextOccurrence(new DateTime(2000, 1, 1)).Year < DateTime.MaxValue.Year;
}
