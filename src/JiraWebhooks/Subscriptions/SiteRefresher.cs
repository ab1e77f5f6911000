using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Sites.Store;

namespace JiraWebhooks.Subscriptions;

/// <summary>One site's refresh: list, register what is missing, extend, list again and see (rules 2 to 10).</summary>
public sealed class SiteRefresher(JiraWebhookClient jira, WebhookTable webhooks, WebhookRegistrar registrar, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>A webhook with less life than this after a refresh was not extended: Jira gives 30 days.</summary>
    public static readonly TimeSpan Extended = TimeSpan.FromDays(25);

    /// <summary>A webhook that was not extended is replaced only when it has less life than this: until then the next day may help.</summary>
    public static readonly TimeSpan Critical = TimeSpan.FromDays(7);

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Refreshes <paramref name="site"/>. Throws <see cref="JiraApiException"/> and storage errors: the next run starts from what is there.</summary>
    public async Task<SiteRefresh> RefreshAsync(Site site, CancellationToken cancellationToken)
    {
        var callback = options.CallbackUrl(site.Id);
        var result = new SiteRefresh(site.Id) { Failed = site.Subscriptions.Count };
        if (SubscriptionValidator.Problem(callback, site) is { } wrong) return result with { Problem = wrong };

        // Another instance must know the site before Jira can deliver to it: it would refuse what it does not know.
        if (site.ActiveSince + StoredSites.Settled - clock.GetUtcNow() is { Ticks: > 0 } wait) await Task.Delay(wait, clock, cancellationToken);

        var listed = await jira.ListAsync(site, cancellationToken);
        var known = (await webhooks.ListAsync(site.Id, cancellationToken)).ToDictionary(row => row.Name);
        var elsewhere = Elsewhere(listed, callback);
        if (elsewhere.Count > 0)
        {
            if (!options.TakeOver) return result with { Problem = Foreign(elsewhere) };
            await jira.DeleteAsync(site, [.. elsewhere.Select(webhook => webhook.Id)], cancellationToken);
        }

        var ours = listed.Except(elsewhere).ToDictionary(webhook => webhook.Id);
        var registration = await registrar.RegisterAsync(site, callback, ours, known, cancellationToken);

        // Those just created have all their life before them.
        var living = registration.Live.Where(live => ours.ContainsKey(live.WebhookId)).ToList();
        if (living.Count > 0) await jira.RefreshAsync(site, [.. living.Select(live => live.WebhookId)], cancellationToken);

        var after = living.Count > 0 || registration.Created > 0 ? await jira.ListAsync(site, cancellationToken) : listed;
        return await VerifyAsync(site, callback, registration, living, after.ToDictionary(webhook => webhook.Id), cancellationToken);
    }

    private async Task<SiteRefresh> VerifyAsync(
        Site site, Uri callback, Registration registration, List<CreatedWebhook> living, Dictionary<long, Webhook> after, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gone = living.Where(live => !after.ContainsKey(live.WebhookId)).ToList();
        var critical = living.Where(live => after.TryGetValue(live.WebhookId, out var webhook) && webhook.ExpirationDate - now < Critical).ToList();

        var replacement = await registrar.ReplaceAsync(site, callback, critical, after.Count, cancellationToken);
        var expiries = registration.Live.Except(critical).Except(gone)
            .Select(live => after.TryGetValue(live.WebhookId, out var webhook) ? webhook.ExpirationDate : now + Lifetime)
            .Concat(replacement.Live.Select(_ => (DateTimeOffset?)(now + Lifetime)))
            // One that could not be replaced lives on for the days it has.
            .Concat(critical.ExceptBy(replacement.Live.Select(live => live.Name), live => live.Name).Select(live => after[live.WebhookId].ExpirationDate));

        string?[] problems = [.. registration.Problems, .. replacement.Problems, .. gone.Select(live => $"Subscription {live.Name}: its webhook vanished; the next run registers it again.")];
        return new SiteRefresh(site.Id)
        {
            Registered = registration.Created,
            Extended = living.Count(live => after.TryGetValue(live.WebhookId, out var webhook) && webhook.ExpirationDate - now > Extended),
            Replaced = replacement.Created,
            Failed = site.Subscriptions.Count - registration.Live.Count + gone.Count,
            SoonestExpiry = expiries.Min(),
            Problem = problems.Length == 0 ? null : string.Join(' ', problems),
        };
    }

    // Older tenants list no address: there is then nothing to tell a foreign webhook by.
    private static List<Webhook> Elsewhere(IReadOnlyList<Webhook> listed, Uri callback) =>
        [.. listed.Where(webhook => webhook.Url is { } url && url != callback)];

    private static string Foreign(List<Webhook> elsewhere) =>
        $"Jira holds {elsewhere.Count} webhook(s) of this app under another address, {elsewhere[0].Url!.GetLeftPart(UriPartial.Path)}, which may be production. "
        + "Nothing was changed. To delete them and register here, set TakeOver to true for one run.";
}
