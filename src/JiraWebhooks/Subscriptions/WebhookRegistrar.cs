using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Subscriptions;

/// <summary>What registering came to.</summary>
/// <param name="Live">One entry per subscription that has a webhook now.</param>
/// <param name="Created">How many of them are new.</param>
/// <param name="Problems">A sentence per subscription that failed.</param>
public sealed record Registration(IReadOnlyList<CreatedWebhook> Live, int Created, IReadOnlyList<string> Problems);

/// <summary>Creates webhooks and removes those that nobody wants. The order is always: create, save, delete (rules 5 and 6).</summary>
public sealed partial class WebhookRegistrar(JiraWebhookClient jira, WebhookTable webhooks, ILogger<WebhookRegistrar> logger)
{
    /// <summary>Brings Jira in line with the settings.</summary>
    /// <param name="site">The site.</param>
    /// <param name="callback">The site's callback URL.</param>
    /// <param name="listed">Our webhooks in Jira, by id.</param>
    /// <param name="known">What we remember, by subscription name.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Registration> RegisterAsync(
        Site site, Uri callback, Dictionary<long, Webhook> listed, Dictionary<string, CreatedWebhook> known, CancellationToken cancellationToken)
    {
        var living = site.Subscriptions
            .Where(subscription => known.TryGetValue(subscription.Name, out var row) && listed.ContainsKey(row.WebhookId) && row.Definition == Definition.Fingerprint(subscription))
            .Select(subscription => known[subscription.Name])
            .ToList();
        var missing = site.Subscriptions.ExceptBy(living.Select(row => row.Name), subscription => subscription.Name).ToList();

        // Ours by their address, but of no subscription: changed, no longer wanted, or created by a run that could not save them.
        var unwanted = listed.Keys.Except(living.Select(row => row.WebhookId)).ToList();
        var blocked = unwanted.Count > 0 && listed.Count + missing.Count > SubscriptionValidator.Limit(site.Scheme);
        if (blocked) await DeleteAsync(site, unwanted, gap: missing.Count > 0, cancellationToken);

        var created = await CreateAsync(site, callback, missing, living.Count + (blocked ? 0 : unwanted.Count), cancellationToken);
        if (!blocked && unwanted.Count > 0)
        {
            // A changed subscription whose new webhook failed keeps its old one.
            var failed = missing.Select(subscription => subscription.Name).Except(created.Live.Select(row => row.Name));
            var kept = failed.Select(name => known.GetValueOrDefault(name)?.WebhookId ?? 0);
            await DeleteAsync(site, [.. unwanted.Except(kept)], gap: false, cancellationToken);
        }

        foreach (var name in known.Keys.Except(site.Subscriptions.Select(subscription => subscription.Name)))
        {
            await webhooks.DeleteAsync(site.Id, name, cancellationToken);
        }

        return created with { Live = [.. living, .. created.Live] };
    }

    /// <summary>Creates each of <paramref name="old"/> anew, because Jira would not extend it; <paramref name="there"/> is how many webhooks
    /// the app has on the site.</summary>
    public async Task<Registration> ReplaceAsync(Site site, Uri callback, IReadOnlyList<CreatedWebhook> old, int there, CancellationToken cancellationToken)
    {
        if (old.Count == 0) return new Registration([], 0, []);

        var ids = old.Select(row => row.WebhookId).ToList();
        var wanted = site.Subscriptions.IntersectBy(old.Select(row => row.Name), subscription => subscription.Name).ToList();
        var blocked = there + wanted.Count > SubscriptionValidator.Limit(site.Scheme);
        if (blocked) await DeleteAsync(site, ids, gap: true, cancellationToken);

        var created = await CreateAsync(site, callback, wanted, blocked ? there - ids.Count : there, cancellationToken);
        var replaced = old.IntersectBy(created.Live.Select(row => row.Name), row => row.Name).Select(row => row.WebhookId).ToList();
        if (!blocked && replaced.Count > 0) await DeleteAsync(site, replaced, gap: false, cancellationToken);
        return created;
    }

    private async Task<Registration> CreateAsync(Site site, Uri callback, List<Subscription> wanted, int there, CancellationToken cancellationToken)
    {
        var problems = wanted.Select(SubscriptionValidator.Problem).OfType<string>().ToList();
        var sound = wanted.Where(subscription => SubscriptionValidator.Problem(subscription) is null).ToList();
        var room = Math.Max(0, SubscriptionValidator.Limit(site.Scheme) - there);
        problems.AddRange(sound.Skip(room).Select(subscription =>
            $"Subscription {subscription.Name}: an app of this kind may have {SubscriptionValidator.Limit(site.Scheme)} webhooks on a site."));
        sound = [.. sound.Take(room)];
        if (sound.Count == 0) return new Registration([], 0, problems);

        var results = await jira.RegisterAsync(site, callback, [.. sound.Select(Definition.Details)], cancellationToken);
        var live = new List<CreatedWebhook>();
        foreach (var (subscription, result) in sound.Zip(results))
        {
            if (result.CreatedWebhookId is not { } id)
            {
                problems.Add($"Subscription {subscription.Name}: Jira refused it: {string.Join(' ', result.Errors ?? ["it gave neither id nor reason."])}");
                continue;
            }

            var row = new CreatedWebhook(subscription.Name, id, Definition.Fingerprint(subscription));
            if (await TrySaveAsync(site, row)) live.Add(row);
            else problems.Add($"Subscription {subscription.Name}: its webhook could not be saved and was removed again; the next run tries anew.");
        }

        return new Registration(live, live.Count, problems);
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

    private async Task DeleteAsync(Site site, List<long> ids, bool gap, CancellationToken cancellationToken)
    {
        if (gap) Log.Gap(logger, site.Id, ids.Count);
        if (ids.Count > 0) await jira.DeleteAsync(site, ids, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Webhook {Id} of {Site} was created but could not be saved: it is removed again.")]
        public static partial void NotSaved(ILogger logger, string site, long id, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "Webhook {Id} of {Site} could not be removed and is left to the next run. {Reason}")]
        public static partial void LeftOver(ILogger logger, string site, long id, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Count} webhook(s) of {Site} are deleted before their successors exist, as the limit allows no more: events in between are lost.")]
        public static partial void Gap(ILogger logger, string site, int count);
    }
}
