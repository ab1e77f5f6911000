using System.Globalization;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Telemetry;

namespace JiraWebhooks.Webhooks;

/// <summary>Describes a <see cref="RefreshPlan"/> for people.</summary>
internal sealed class PlanWriter(SiteRun run, RefreshPlan plan, DateTimeOffset now)
{
    private readonly IReadOnlyList<DeclaredWebhook> _wanted = plan.MayRegister ? run.ToRegister() : [];
    private readonly PlannedPlaces _places = new(run, plan);

    public SitePlan Write() => new(
        run.Site.Id,
        [.. run.Site.Webhooks.Select(Declared).OfType<PlannedStep>(), .. run.UnclaimedIds().Select(Unclaimed), .. run.Others.Select(Other)],
        [.. run.Problems, .. plan.Problems, .. _wanted.Select(DeclaredWebhookValidator.Problem).OfType<string>(), .. _wanted.Where(_places.HasNoPlace).Select(run.NoPlace)]);

    private PlannedStep? Declared(DeclaredWebhook declared)
    {
        var live = run.LiveRow(declared);
        if (live is null) return _places.IsRegistered(declared) ? Create(declared) : null;

        return run.IsUpToDate(declared) || !_places.IsRegistered(declared) ? Extend(declared, live) : Replace(declared, live);
    }

    private PlannedStep Create(DeclaredWebhook declared) => new(PlannedAction.Create, declared.Name, null, "It is declared, and Jira has no webhook for it.")
    {
        Missed = run.MissingSince(declared) is { } seen ? $"Events since {Time(seen)} were not sent. The next poll searches for them, if the site can be searched." : null,
        Otherwise = run.HasAccepted(declared.Name, Definition.Fingerprint(declared)) ? "If Jira refuses it, it is tried again every day."
            : "If Jira refuses it, the refusal is remembered, and it is not sent again until its definition changes.",
    };

    private PlannedStep Extend(DeclaredWebhook declared, WebhookRow live)
    {
        var why = run.IsUpToDate(declared) ? "It is declared and live."
            : run.Refused(declared) is not null ? "Jira has refused the changed definition, so the webhook keeps the former one."
            : "Its definition has changed, but a new webhook cannot be registered: see the problems.";
        return new PlannedStep(PlannedAction.Extend, declared.Name, live.WebhookId, why)
        {
            Expires = Expires(live),
            Otherwise = plan.MayRegister && run.IsUpToDate(declared) && Expires(live) - now < SiteRefresher.Critical
                ? "It expires within 7 days: if Jira does not extend it, it is replaced." : null,
        };
    }

    private PlannedStep Replace(DeclaredWebhook declared, WebhookRow live) => new(PlannedAction.Replace, declared.Name, live.WebhookId, "Its definition has changed.")
    {
        Expires = Expires(live),
        Missed = _places.IsDeletedFirst(declared)
            ? "The site is full, so the old webhook is deleted first: events of about a minute are not sent. The next poll searches for them, if the site can be searched." : null,
        Otherwise = "If Jira refuses the new definition, the old webhook stays.",
    };

    private PlannedStep Unclaimed(long id)
    {
        var step = new PlannedStep(PlannedAction.Delete, null, id, "No declared webhook needs it.")
        {
            Expires = run.Listed(id)?.ExpirationDate,
            Otherwise = run.AllDeclaredLive || _places.IsFreed(id) ? null : "It stays until each declared webhook has one.",
        };
        if (run.Site.IsDeclarationUncertain)
        {
            var why = run.Site.WebhookProblems.Count == 0 ? "No webhook is declared, which may be an error." : "A declared webhook has invalid settings, and this may be its webhook.";
            return Kept(step, why);
        }

        if (plan.MayRegister && !_places.IsFreed(id) && !run.Site.Webhooks.All(declared => run.LiveRow(declared) is not null || _places.IsRegistered(declared)))
        {
            return Kept(step, "No declared webhook needs it, but it stays until each declared webhook has one.");
        }

        return plan.MayRegister ? step : Kept(step, "No declared webhook needs it, but nothing is deleted while webhooks under another address exist.");
    }

    private PlannedStep Kept(PlannedStep step, string why) =>
        step with { Action = plan.Extend.Any(row => row.WebhookId == step.Id) ? PlannedAction.Extend : PlannedAction.Keep, Why = why, Otherwise = null };

    private PlannedStep Other(Webhook webhook)
    {
        var whose = webhook.Url is { } url ? $"Its address is {Redaction.Of(url.GetLeftPart(UriPartial.Path))}" : "Jira lists it without an address, and it is not known here";
        if (plan.Extend.FirstOrDefault(row => row.WebhookId == webhook.Id) is { } former)
        {
            return new PlannedStep(PlannedAction.Extend, former.Name, webhook.Id, $"{whose}, a former one of this app.") { Expires = webhook.ExpirationDate };
        }

        return plan.DeletesOthers
            ? new PlannedStep(PlannedAction.Delete, null, webhook.Id, $"{whose}, and TakeOver is true.") { Expires = webhook.ExpirationDate, Missed = "What it delivered is no longer sent there." }
            : new PlannedStep(PlannedAction.Leave, null, webhook.Id, $"{whose}: it may be production's.") { Expires = webhook.ExpirationDate };
    }

    private DateTimeOffset? Expires(WebhookRow row) => run.Listed(row.WebhookId)?.ExpirationDate;

    private static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
