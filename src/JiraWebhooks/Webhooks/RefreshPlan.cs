using JiraWebhooks.Sites;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Webhooks;

/// <summary>What a run decides before it changes anything: from what is declared, what is remembered, and what Jira has listed. The refresh does it, and
/// the plan shows it.</summary>
internal sealed class RefreshPlan
{
    private RefreshPlan(SiteRun run, bool takeOver)
    {
        DeletesOthers = takeOver && run.Others.Count > 0 && !run.Site.DeclaresNothing;
        Extend = [.. Kept(run.Site, run.Rows.Values, run.AllDeclaredLive).Where(row => run.IsLive(row) || (!DeletesOthers && HasFormerAddress(run, row)))];
        MayRegister = DeletesOthers || run.Elsewhere.Count == 0;
        if (!DeletesOthers) Problems = [.. Blocked(run)];
    }

    /// <summary>The live webhooks of declared ones, also those with a former definition or, as the table knows them, under a former address. While
    /// a declared one has none, also those that are no longer declared.</summary>
    public IReadOnlyList<WebhookRow> Extend { get; }

    /// <summary>True if <see cref="SiteRun.Others"/> are deleted before anything is registered.</summary>
    public bool DeletesOthers { get; }

    /// <summary>False while there are webhooks under another URL, which may be production.</summary>
    public bool MayRegister { get; }

    /// <summary>Why something is left alone, in sentences.</summary>
    public IReadOnlyList<string> Problems { get; } = [];

    public static RefreshPlan Of(SiteRun run, bool takeOver) => new(run, takeOver);

    /// <summary>The webhooks that are extended even if Jira cannot list them.</summary>
    public static IReadOnlyList<WebhookRow> Remembered(Site site, IReadOnlyList<WebhookRow> rows) =>
        [.. Kept(site, rows, site.Webhooks.All(declared => rows.Any(row => row.IsCreated && row.Name == declared.Name))).Where(row => row.IsCreated)];

    // Its webhook is listed under another address, which this installation had before.
    private static bool HasFormerAddress(SiteRun run, WebhookRow row) => row.IsCreated && run.Elsewhere.Any(webhook => webhook.Id == row.WebhookId);

    private static IEnumerable<WebhookRow> Kept(Site site, IEnumerable<WebhookRow> rows, bool allDeclaredLive) =>
        site.IsDeclarationUncertain || !allDeclaredLive ? rows : rows.IntersectBy(site.Webhooks.Select(declared => declared.Name), row => row.Name);

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
