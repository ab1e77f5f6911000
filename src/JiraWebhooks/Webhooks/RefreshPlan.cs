using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Webhooks;

/// <summary>What a run decides before it changes anything: from what is declared, what is remembered, and what Jira has listed. The refresh does it, and
/// the plan shows it.</summary>
internal sealed class RefreshPlan
{
    private readonly SiteRun _run;

    private RefreshPlan(SiteRun run, bool takeOver)
    {
        _run = run;
        Others = [.. run.Elsewhere, .. run.Unaddressed];
        DeletesOthers = takeOver && Others.Count > 0 && !DeclaresNothing(run.Site);
        Extend = [.. Kept(run.Site, run.Rows.Values, run.AllDeclaredLive).Where(row => run.IsLive(row) || (!DeletesOthers && HasFormerAddress(row)))];
        MayRegister = DeletesOthers || run.Elsewhere.Count == 0;
        if (!DeletesOthers) Problems = [.. Blocked(run)];
    }

    /// <summary>The live webhooks of declared ones, also those with a former definition or, as the table knows them, under a former address. While
    /// a declared one has none, also those that are no longer declared.</summary>
    public IReadOnlyList<WebhookRow> Extend { get; }

    /// <summary>Webhooks of this app that are not this installation's, as far as known (docs/architecture.md#take-over).</summary>
    public IReadOnlyList<Webhook> Others { get; }

    /// <summary>True if <see cref="Others"/> are deleted before anything is registered.</summary>
    public bool DeletesOthers { get; }

    /// <summary>False while there are webhooks under another URL, which may be production.</summary>
    public bool MayRegister { get; }

    /// <summary>The declared webhooks that have no webhook of their definition now.</summary>
    public IReadOnlyList<DeclaredWebhook> Register => MayRegister ? [.. _run.Site.Webhooks.Where(declared => !_run.IsUpToDate(declared))] : [];

    /// <summary>Why something is left alone, in sentences.</summary>
    public IReadOnlyList<string> Problems { get; } = [];

    public static RefreshPlan Of(SiteRun run, bool takeOver) => new(run, takeOver);

    /// <summary>The webhooks that are extended even if Jira cannot list them.</summary>
    public static IReadOnlyList<WebhookRow> Remembered(Site site, IReadOnlyList<WebhookRow> rows) =>
        [.. Kept(site, rows, site.Webhooks.All(declared => rows.Any(row => row.IsCreated && row.Name == declared.Name))).Where(row => row.IsCreated)];

    /// <summary>True if an enabled site declares no webhook, as after a typing error in the settings.</summary>
    public static bool DeclaresNothing(Site site) => site.Webhooks.Count == 0 && site.Disabled is null;

    /// <summary>True while it is not certain what the site declares: an entry is invalid, or there is none at all. Then no webhook is
    /// deleted for not being declared, and all are extended.</summary>
    public static bool KeepsUndeclared(Site site) => site.WebhookProblems.Count > 0 || DeclaresNothing(site);

    /// <summary>True unless the definition is invalid, or Jira has refused it.</summary>
    public static bool IsSent(SiteRun run, DeclaredWebhook declared) => DeclaredWebhookValidator.Problem(declared) is null && run.Refused(declared) is null;

    /// <summary>Those with a live webhook come first: if it is deleted to free a place, no other may take the place.</summary>
    public static List<DeclaredWebhook> InOrder(SiteRun run, IEnumerable<DeclaredWebhook> sent) => [.. sent.OrderBy(declared => run.LiveRow(declared) is null)];

    /// <summary>Those of <see cref="SiteRun.UnclaimedIds"/> that may be deleted.</summary>
    public static List<long> DeletableIds(SiteRun run) => KeepsUndeclared(run.Site) ? [] : run.UnclaimedIds();

    /// <summary>The problem of a declared webhook for which the limit of the site leaves no place.</summary>
    public static string NoPlace(SiteRun run, DeclaredWebhook declared) =>
        $"Webhook {declared.Name}: an app of this kind may have {DeclaredWebhookValidator.Limit(run.Site.Scheme)} webhooks on a site.";

    // Its webhook is listed under another address, which this installation had before.
    private bool HasFormerAddress(WebhookRow row) => row.IsCreated && _run.Elsewhere.Any(webhook => webhook.Id == row.WebhookId);

    private static IEnumerable<WebhookRow> Kept(Site site, IEnumerable<WebhookRow> rows, bool isWhole) =>
        KeepsUndeclared(site) || !isWhole ? rows : rows.IntersectBy(site.Webhooks.Select(declared => declared.Name), row => row.Name);

    private static IEnumerable<string> Blocked(SiteRun run)
    {
        if (run.Unaddressed.Count > 0)
        {
            yield return $"Jira holds {run.Unaddressed.Count} webhook(s) without an address that are not known here and may be production's. They are left alone. "
                + "TakeOver removes them: set it to true for one run.";
        }

        if (run.Elsewhere.Count > 0)
        {
            yield return $"Jira holds {run.Elsewhere.Count} webhook(s) of this app under another address, {Redaction.Of(run.Elsewhere[0].Url!.GetLeftPart(UriPartial.Path))}, which may be production. "
                + "They are left alone and nothing is registered. To delete them and register here, set TakeOver to true for one run.";
        }
    }
}
