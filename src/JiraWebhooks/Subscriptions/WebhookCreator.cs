using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Subscriptions;

/// <summary>Creates webhooks and remembers them; one that cannot be remembered is removed again (rule 5).</summary>
public sealed partial class WebhookCreator(JiraWebhookClient jira, WebhookTable webhooks, TimeProvider clock, ILogger<WebhookCreator> logger)
{
    /// <summary>Creates a webhook for each of <paramref name="wanted"/>, in one call.</summary>
    internal Task CreateAsync(SiteRun run, IReadOnlyList<Subscription> wanted, CancellationToken cancellationToken) => CreateAsync(
        run, [.. wanted.Select(subscription => new Order(subscription.Name, Definition.Fingerprint(subscription), Definition.Details(subscription)))], cancellationToken);

    /// <summary>Creates again what was deleted for successors that did not come to be, as Jira had listed it.</summary>
    internal async Task RestoreAsync(SiteRun run, IReadOnlyList<(CreatedWebhook Row, Webhook Listed)> former, CancellationToken cancellationToken)
    {
        // An answer may have got lost, and the successor be there.
        run.Update(await jira.ListAsync(run.Site, cancellationToken));
        var orders = former.Take(Math.Max(0, run.Room)).Select(old => new Order(old.Row.Name, old.Row.Definition, Definition.Details(old.Listed))).ToList();
        if (orders.Count > 0) await CreateAsync(run, orders, cancellationToken);

        run.Problems.AddRange(former.Select(old => run.Lives(run.Rows[old.Row.Name])
            ? $"Subscription {old.Row.Name}: its former webhook is registered again, as it had been deleted to make room."
            : $"Subscription {old.Row.Name}: its former webhook was deleted to make room and could not be registered again; the next run tries anew."));
    }

    private async Task CreateAsync(SiteRun run, IReadOnlyList<Order> orders, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredWebhook> results;
        try
        {
            results = await jira.RegisterAsync(run.Site, run.Callback, [.. orders.Select(order => order.Details)], cancellationToken);
        }
        catch (JiraApiException error) when (error.Failure is JiraFailure.Refused)
        {
            // One that Jira cannot read, for an event it does not know, may have had the whole call refused: none was created.
            if (orders.Count == 1) run.Problems.Add($"Subscription {orders[0].Name}: {error.Message}");
            else foreach (var order in orders) await CreateAsync(run, [order], cancellationToken);
            return;
        }

        foreach (var (order, result) in orders.Zip(results))
        {
            if (result.CreatedWebhookId is not { } id)
            {
                run.Problems.Add($"Subscription {order.Name}: Jira refused it: {string.Join(' ', result.Errors ?? ["it gave neither id nor reason."])}");
                continue;
            }

            var row = new CreatedWebhook(order.Name, id, order.Fingerprint) { Seen = clock.GetUtcNow() };
            if (await TrySaveAsync(run.Site, row))
            {
                run.Rows[row.Name] = row;
                run.Created.Add(id);
            }
            else
            {
                run.Problems.Add($"Subscription {order.Name}: its webhook could not be saved and was removed again; the next run tries anew.");
            }
        }
    }

    // Not to be cancelled: a webhook that exists and is not remembered is worth less than none.
    private async Task<bool> TrySaveAsync(Site site, CreatedWebhook row)
    {
        try
        {
            await webhooks.SaveAsync(site.Id, row, CancellationToken.None);
            return true;
        }
        catch (Exception error)
        {
            Log.NotSaved(logger, site.Id, row.WebhookId, error);
        }

        try
        {
            await jira.DeleteAsync(site, [row.WebhookId], CancellationToken.None);
        }
        catch (JiraApiException error)
        {
            // The next run finds it under our address and unknown, and removes it.
            Log.LeftOver(logger, site.Id, row.WebhookId, error.Message);
        }

        return false;
    }

    private sealed record Order(string Name, string Fingerprint, WebhookDetails Details);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Webhook {Id} of {Site} was created but could not be saved: it is removed again.")]
        public static partial void NotSaved(ILogger logger, string site, long id, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "Webhook {Id} of {Site} could not be removed and is left to the next run. {Reason}")]
        public static partial void LeftOver(ILogger logger, string site, long id, string reason);
    }
}
