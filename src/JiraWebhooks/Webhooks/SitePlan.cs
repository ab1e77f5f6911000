using System.Text.Json.Serialization;

namespace JiraWebhooks.Webhooks;

/// <summary>What a refresh does with a webhook.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlannedAction>))]
public enum PlannedAction
{
    /// <summary>It stays as it is.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>It gets 30 more days.</summary>
    [JsonStringEnumMemberName("extend")]
    Extend,

    /// <summary>It is registered.</summary>
    [JsonStringEnumMemberName("create")]
    Create,

    /// <summary>A new one is registered, and this one is deleted.</summary>
    [JsonStringEnumMemberName("replace")]
    Replace,

    /// <summary>It is deleted.</summary>
    [JsonStringEnumMemberName("delete")]
    Delete,

    /// <summary>It belongs to something else and is left alone.</summary>
    [JsonStringEnumMemberName("leave")]
    Leave,
}

/// <summary>What a refresh does with one webhook.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Webhook">Name of the declared webhook, or null if none is declared.</param>
/// <param name="Id">Id of the webhook in Jira, or null if there is none yet.</param>
/// <param name="Why">The reason, in one sentence.</param>
public sealed record PlannedStep(PlannedAction Action, string? Webhook, long? Id, string Why)
{
    /// <summary>When the webhook expires, as Jira listed it; null if unknown.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Which events are missed meanwhile, in one sentence; null if none.</summary>
    public string? Missed { get; init; }

    /// <summary>What happens instead if Jira answers otherwise than expected; null if no answer decides.</summary>
    public string? Otherwise { get; init; }
}

/// <summary>What the next refresh of a site does. Nothing was changed to find out.</summary>
/// <param name="Site">The site's slug.</param>
/// <param name="Steps">The webhooks, declared ones first.</param>
/// <param name="Problems">What needs attention, in sentences.</param>
public sealed record SitePlan(string Site, IReadOnlyList<PlannedStep> Steps, IReadOnlyList<string> Problems)
{
    /// <summary>True if something is created, replaced, deleted or left, or if there is a problem.</summary>
    public bool HasChanges => Problems.Count > 0 || Steps.Any(step => step.Action is not (PlannedAction.Keep or PlannedAction.Extend));
}
