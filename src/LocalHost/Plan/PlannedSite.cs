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
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Returns an array of plans as the API gives them, with <c>error</c> in place of the steps of a site that has no plan.</summary>
    public static string Json(IReadOnlyList<PlannedSite> plans) =>
        JsonSerializer.Serialize(plans.Select(plan => (object?)plan.Plan ?? new { plan.Site, plan.Error }), Options);

    /// <summary>Reads what the API answers.</summary>
    /// <exception cref="JsonException">It is something else than a <typeparamref name="T"/>.</exception>
    public static T Read<T>(string json)
        where T : class => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("The answer is null.");
}
