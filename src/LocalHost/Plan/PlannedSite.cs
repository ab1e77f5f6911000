using System.Text.Json;
using System.Text.Json.Serialization;
using JiraWebhooks.Webhooks;

namespace LocalHost.Plan;

/// <summary>The plan of a site, or why there is none.</summary>
internal sealed record PlannedSite(string Site, SitePlan? Plan, string? Error)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Returns an array of plans as the API gives them, with <c>error</c> in place of the steps of a site that has no plan.</summary>
    public static string Json(IReadOnlyList<PlannedSite> plans) =>
        JsonSerializer.Serialize(plans.Select(plan => (object?)plan.Plan ?? new { plan.Site, plan.Error }), Options);

    /// <summary>Reads a plan of the API.</summary>
    public static SitePlan Parse(string json) => JsonSerializer.Deserialize<SitePlan>(json, Options)!;
}
