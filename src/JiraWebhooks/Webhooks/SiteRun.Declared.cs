using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <content>What the run knows about the declared webhooks of its site.</content>
internal sealed partial class SiteRun
{
    /// <summary>True when each declared webhook is live, perhaps with its former definition.</summary>
    public bool AllDeclaredLive => Site.Webhooks.All(declared => LiveRow(declared) is not null);

    public bool IsDeclared(string name) => Site.Webhooks.Any(declared => declared.Name == name);

    /// <summary>The live webhook of <paramref name="declared"/>, even if it still has the former definition, or null.</summary>
    public WebhookRow? LiveRow(DeclaredWebhook declared) => Rows.TryGetValue(declared.Name, out var row) && IsLive(row) ? row : null;

    /// <summary>True if <paramref name="declared"/> has a live webhook with its current definition.</summary>
    public bool IsUpToDate(DeclaredWebhook declared) => LiveRow(declared)?.Definition == Definition.Fingerprint(declared);

    /// <summary>The declared webhooks that are not up to date now.</summary>
    public IReadOnlyList<DeclaredWebhook> ToRegister() => [.. Site.Webhooks.Where(declared => !IsUpToDate(declared))];

    /// <summary>True unless the definition is invalid, or Jira has refused it.</summary>
    public bool IsSent(DeclaredWebhook declared) => DeclaredWebhookValidator.Problem(declared) is null && Refused(declared) is null;

    /// <summary>Those with a live webhook come first: if it is deleted to free a place, no other may take the place.</summary>
    public List<DeclaredWebhook> InOrder(IEnumerable<DeclaredWebhook> sent) => [.. sent.OrderBy(declared => LiveRow(declared) is null)];

    /// <summary>The remembered refusal of the present definition, or null.</summary>
    public Refusal? Refused(DeclaredWebhook declared) => Rows.GetValueOrDefault(declared.Name)?.Refusal;

    /// <summary>True if Jira has accepted this definition before, even if its webhook is missing.</summary>
    public bool HasAccepted(string declared, string definition) => Rows.TryGetValue(declared, out var row) && row.IsCreated && row.Definition == definition;

    /// <summary>The problem of a declared webhook for which the limit of the site leaves no place.</summary>
    public string NoPlace(DeclaredWebhook declared) => $"Webhook {declared.Name}: an app of this kind may have {DeclaredWebhookValidator.Limit(Site.Scheme)} webhooks on a site.";

    /// <summary>Since when the webhook of <paramref name="declared"/> is missing, as far as known. One without a row may be a renamed one: then it is since
    /// the first of those that are missing and no longer declared.</summary>
    public DateTimeOffset? MissingSince(DeclaredWebhook declared) => RowsOfMissing(declared).Min(row => row.Seen);

    /// <summary>The rows that <see cref="MissingSince"/> reads.</summary>
    public IEnumerable<WebhookRow> RowsOfMissing(DeclaredWebhook declared) => Rows.TryGetValue(declared.Name, out var own) && own.Seen is not null
        ? [own]
        : UndeclaredRows(row => row.IsCreated && !IsLive(row));

    /// <summary>Rows of webhooks that are no longer declared.</summary>
    public IReadOnlyList<WebhookRow> UndeclaredRows(Func<WebhookRow, bool> which) =>
        [.. Rows.Values.Where(row => !IsDeclared(row.Name) && which(row))];
}
