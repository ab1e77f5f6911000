using System.Globalization;
using System.Text;
using JiraWebhooks.Webhooks;

namespace LocalHost.Plan;

/// <summary>Formats plans for people.</summary>
internal static class PlanText
{
    public static string Of(IReadOnlyList<PlannedSite> plans)
    {
        var text = new StringBuilder();
        foreach (var plan in plans) Add(text, plan);

        var steps = plans.SelectMany(plan => plan.Plan?.Steps ?? []).ToList();
        var counts = Enum.GetValues<PlannedAction>().Select(action => (Action: action, Count: steps.Count(step => step.Action == action))).Where(one => one.Count > 0);
        var all = string.Join(", ", counts.Select(one => $"{one.Count} to {Name(one.Action)}"));
        var problems = plans.Sum(plan => plan.Plan?.Problems.Count ?? 1);
        text.Append(all.Length == 0 ? "No webhook" : all).Append(problems > 0 ? $"; {problems} need(s) attention" : "").Append(". Nothing was changed.");
        return text.ToString();
    }

    private static void Add(StringBuilder text, PlannedSite site)
    {
        text.AppendLine(site.Site);
        if (site.Error is { } error) text.AppendLine($"  error: {error}");
        if (site.Plan is { Steps: [], Problems: [] }) text.AppendLine("  The refresh has nothing to do here.");
        foreach (var step in site.Plan?.Steps ?? []) Add(text, step);
        foreach (var problem in site.Plan?.Problems ?? []) text.AppendLine($"  needs attention: {problem}");
        text.AppendLine();
    }

    private static void Add(StringBuilder text, PlannedStep step)
    {
        var expires = step.Expires is { } time ? $"expires {time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "";
        text.AppendLine($"{Sign(step.Action),4} {Name(step.Action),-8} {step.Webhook ?? "-",-20} {step.Id,8}  {expires}".TrimEnd());
        if (step.Action is not PlannedAction.Extend || step.Otherwise is not null || step.Expires is null) Detail(text, step.Why);
        Detail(text, step.Missed);
        Detail(text, step.Otherwise);
    }

    private static void Detail(StringBuilder text, string? sentence)
    {
        if (sentence is not null) text.AppendLine($"              {sentence}");
    }

    private static string Name(PlannedAction action) => action.ToString().ToLowerInvariant();

    private static string Sign(PlannedAction action) => action switch
    {
        PlannedAction.Create => "+",
        PlannedAction.Replace => "-/+",
        PlannedAction.Delete => "-",
        PlannedAction.Extend => "~",
        PlannedAction.Leave => "!",
        _ => "",
    };
}
