using JiraWebhooks.Jira;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>One item of a call that registers webhooks.</summary>
/// <param name="Name">Name of the declared webhook.</param>
/// <param name="Fingerprint">Fingerprint of the definition.</param>
/// <param name="Details">What is sent.</param>
internal sealed record WebhookOrder(string Name, string Fingerprint, WebhookDetails Details)
{
    /// <summary>True for a definition that already has its webhook. It is sent to see the words with which Jira refuses it.</summary>
    public bool IsForComparison { get; init; }

    public static WebhookOrder Of(DeclaredWebhook declared) => new(declared.Name, Definition.Fingerprint(declared), Definition.Details(declared));

    /// <summary>A definition that Jira has accepted, as it was sent. If all are changed, it is the listed form of <paramref name="changed"/>'s
    /// webhook, or of one that is no longer declared, which Jira may have rewritten.</summary>
    public static WebhookOrder ForComparison(SiteRun run, DeclaredWebhook changed)
    {
        if (run.Site.Webhooks.FirstOrDefault(run.IsUpToDate) is { } current) return Of(current) with { IsForComparison = true };

        var id = run.LiveRow(changed)?.WebhookId ?? run.UnclaimedIds()[0];
        return new WebhookOrder(changed.Name, "", Definition.Details(run.Listed(id)!)) { IsForComparison = true };
    }
}
