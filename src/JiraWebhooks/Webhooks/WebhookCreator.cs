using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Webhooks;

/// <summary>Creates webhooks and saves their ids. A webhook that cannot be saved is removed again (docs/jira-behaviour.md#no-orphans).</summary>
public sealed partial class WebhookCreator(JiraWebhookClient jira, WebhookTable webhooks, TimeProvider clock, ILogger<WebhookCreator> logger)
{
    /// <summary>Creates a webhook for each of <paramref name="wanted"/>, in one call.</summary>
    internal Task CreateAsync(SiteRun run, IReadOnlyList<DeclaredWebhook> wanted, CancellationToken cancellationToken) =>
        SendAsync(run, [.. wanted.Select(WebhookOrder.Of)], cancellationToken);

    /// <summary>Tries <paramref name="changed"/> on a full site, next to the webhooks that they replace. The same call contains a definition that
    /// Jira has accepted: what Jira refuses with other words than that one, it refuses because of its content. Returns those that perhaps only the
    /// limit blocks.</summary>
    internal async Task<IReadOnlyList<DeclaredWebhook>> TryNextToOldAsync(SiteRun run, IReadOnlyList<DeclaredWebhook> changed, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(run, [.. changed.Select(WebhookOrder.Of), WebhookOrder.ForComparison(run, changed[0])], cancellationToken);
        }
        catch
        {
            // Without all answers there is nothing to compare with.
            run.Refusals.Forget(changed.Select(declared => declared.Name));
            throw;
        }

        var undecided = changed.Where(declared => run.Refusals.IsUndecided(declared.Name)).ToList();
        run.Refusals.Forget(undecided.Select(declared => declared.Name));
        return undecided;
    }

    /// <summary>Creates deleted webhooks again, as Jira had listed them, because their successors were not created.</summary>
    internal async Task RestoreAsync(SiteRun run, IReadOnlyList<(WebhookRow Row, Webhook Listed)> former, CancellationToken cancellationToken)
    {
        // If an answer was lost, the successor may exist.
        run.Update(await jira.ListAsync(run.Site, cancellationToken));
        var orders = former.Take(Math.Max(0, run.Room)).Select(old => new WebhookOrder(old.Row.Name, old.Row.Definition, Definition.Details(old.Listed))).ToList();
        if (orders.Count > 0) await SendAsync(run, orders, cancellationToken);

        run.Problems.AddRange(former.Select(old => run.IsLive(run.Rows[old.Row.Name])
            ? $"Webhook {old.Row.Name}: its former webhook is registered again, as it had been deleted to make room."
            : $"Webhook {old.Row.Name}: its former webhook was deleted to make room and could not be registered again."));
    }

    private async Task SendAsync(SiteRun run, List<WebhookOrder> orders, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredWebhook> results;
        try
        {
            results = await jira.RegisterAsync(run.Site, run.Callback, [.. orders.Select(order => order.Details)], cancellationToken);
        }
        catch (JiraApiException error) when (error.Failure is JiraFailure.Refused)
        {
            // Jira may refuse the whole call because of one item that it cannot read, such as an unknown event. Then none was created.
            if (orders.Count == 1) Refuse(run, orders[0], error.Message, isForContent: false);
            else foreach (var order in orders) await SendAsync(run, [order], cancellationToken);
            return;
        }

        // Before the next call, so that a process that ends leaves no webhook whose id is not saved.
        foreach (var (order, result) in orders.Zip(results)) await HandleAsync(run, order, result);
    }

    private async Task HandleAsync(SiteRun run, WebhookOrder order, RegisteredWebhook result)
    {
        if (result.CreatedWebhookId is not { } id)
        {
            // The number or the address of webhooks that are not ours can be the reason too, and Jira's words are not documented.
            var reasons = string.Join(' ', result.Errors ?? []);
            Refuse(run, order, reasons.Length > 0 ? reasons : "Jira gave neither an id nor a reason.", isForContent: reasons.Length > 0 && run.Others.Count == 0);
            return;
        }

        if (order.IsForComparison)
        {
            await TryRemoveAsync(run.Site, id);
            return;
        }

        var row = new WebhookRow(order.Name, id, order.Fingerprint) { Seen = clock.GetUtcNow() };
        if (await TrySaveAsync(run.Site, row))
        {
            run.Rows[row.Name] = row;
            run.Created.Add(id);
        }
        else
        {
            run.Problems.Add($"Webhook {order.Name}: its webhook could not be saved and was removed again; the next run tries again.");
        }
    }

    private static void Refuse(SiteRun run, WebhookOrder order, string words, bool isForContent)
    {
        if (order.IsForComparison || run.HasAccepted(order.Name, order.Fingerprint))
        {
            run.Refusals.AddForAcceptedDefinition(words);
            if (!order.IsForComparison) run.Problems.Add($"Webhook {order.Name}: {words}");
            return;
        }

        run.Refusals.Add(order.Name, words, isForContent ? new Refusal(order.Fingerprint, words) : null);
    }

    // Not cancelled: a webhook that exists and is not saved is worse than none.
    private async Task<bool> TrySaveAsync(Site site, WebhookRow row)
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

        await TryRemoveAsync(site, row.WebhookId);
        return false;
    }

    private async Task TryRemoveAsync(Site site, long id)
    {
        try
        {
            await jira.DeleteAsync(site, [id], CancellationToken.None);
        }
        catch (JiraApiException error)
        {
            // The next run finds an unknown webhook under our URL and removes it.
            Log.LeftOver(logger, site.Id, id, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Webhook {Id} of {Site} was created but could not be saved: it is removed again.")]
        public static partial void NotSaved(ILogger logger, string site, long id, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "Webhook {Id} of {Site} could not be removed and is left to the next run. {Reason}")]
        public static partial void LeftOver(ILogger logger, string site, long id, string reason);
    }
}
