using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Webhooks;

/// <summary>Says what the next refresh of a site will do, and changes nothing (docs/sites.md#plan-before-apply).</summary>
public sealed class SitePlanner(JiraWebhookClient jira, WebhookTable webhooks, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>Returns the plan.</summary>
    /// <exception cref="PlanFailedException">The site's settings are invalid, or Jira cannot be asked now.</exception>
    public async Task<SitePlan> PlanAsync(Site site, CancellationToken cancellationToken)
    {
        if (site.Problem is { } invalid) throw new PlanFailedException(invalid, isOfSettings: true);
        if (!site.HasApi) return new SitePlan(site.Id, [], []);

        var callback = options.CallbackUrl(site.Id);
        if (DeclaredWebhookValidator.Problem(callback, site) is { } wrong) throw new PlanFailedException(wrong, isOfSettings: true);

        var rows = await webhooks.ListAsync(site.Id, cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var run = new SiteRun(site, callback, await jira.ListAsync(site, cancellationToken), rows, now);
            return new PlanWriter(run, RefreshPlan.Of(run, options.TakeOver), now).Write();
        }
        catch (JiraApiException error) when (!error.EndsRun)
        {
            var remembered = RefreshPlan.Remembered(site, rows)
                .Select(row => new PlannedStep(PlannedAction.Extend, row.Name, row.WebhookId, "Jira does not list the webhooks now: what is remembered is extended."));
            return new SitePlan(site.Id, [.. remembered], [error.Message]);
        }
        catch (JiraApiException error)
        {
            throw new PlanFailedException(error.Message, isOfSettings: false);
        }
    }
}

/// <summary>There is no plan; the message gives the reason in a sentence.</summary>
/// <param name="message">The reason.</param>
/// <param name="isOfSettings">True if the settings must change; false if Jira cannot be asked now.</param>
public sealed class PlanFailedException(string message, bool isOfSettings) : Exception(message)
{
    /// <summary>True if the settings must change; false if Jira cannot be asked now.</summary>
    public bool IsOfSettings => isOfSettings;
}
