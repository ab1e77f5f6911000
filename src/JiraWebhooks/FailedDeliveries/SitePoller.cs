using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>One site's poll: read a page, publish it, then move the cursor (decision 9, rules 12 to 16). Whatever breaks in between costs
/// duplicates, which share their MessageId, and never a loss.</summary>
public sealed class SitePoller(
    JiraWebhookClient jira, CursorTable cursors, [FromKeyedServices(AzureClients.Timers)] IDeliveryPublisher publisher, TimeProvider clock) : ISiteRecovery
{
    /// <summary>Jira forgets failed deliveries after this long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(72);

    // A body may have 25 MB, and a page is held in memory.
    private const int PageSize = 25;

    /// <summary>Each poll reads this much again: a record might be listed late.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>Where the list was read to its end, the cursor follows the clock at this distance, so that a quiet site does not look like a stuck one.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public bool Covers(Site site) => site.Scheme is not SiteScheme.OAuth;

    /// <summary>Polls <paramref name="site"/>. Throws <see cref="JiraApiException"/>, storage and publisher errors: the next poll goes on from the cursor.</summary>
    public async Task<SitePoll> PollAsync(Site site, CancellationToken cancellationToken)
    {
        var started = clock.GetUtcNow();
        var stored = await cursors.ReadAsync(site.Id, cancellationToken);
        var result = new SitePoll(site.Id);
        if (started - stored?.UnsupportedSince < UnsupportedPause(site)) return result with { Unsupported = true };

        var cursor = stored ?? new Cursor((started - Kept).ToUnixTimeMilliseconds());
        result = result with { PossibleLoss = stored is { UnsupportedSince: null } && started - DateTimeOffset.FromUnixTimeMilliseconds(cursor.Time) > Kept };
        try
        {
            return await ReadAsync(site, cursor with { UnsupportedSince = null }, result, started, cancellationToken);
        }
        catch (JiraApiException error) when (error.Failure is JiraFailure.NotAuthorised)
        {
            await cursors.TryWriteAsync(site.Id, cursor with { UnsupportedSince = started }, cancellationToken);
            return result with { Unsupported = true, PossibleLoss = false };
        }
    }

    private async Task<SitePoll> ReadAsync(Site site, Cursor cursor, SitePoll result, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var after = Math.Max(0, cursor.Time - (long)Overlap.TotalMilliseconds);
        while (true)
        {
            var page = await jira.FailedAsync(site, after, PageSize, cancellationToken);
            FailedWebhook[] records = [.. (page.Values ?? []).OfType<FailedWebhook>()];
            var last = records.Length == 0 ? after : records.Max(record => record.FailureTime);

            var described = records.Select(record => (Message: Describe(site, record), record.FailureTime)).ToList();
            var seen = cursor.Seen.ToHashSet(StringComparer.Ordinal);
            var fresh = described.Where(item => seen.Add(item.Message.MessageId)).ToList();
            if (fresh.Count > 0) await publisher.PublishAsync([.. fresh.Select(item => item.Message)], cancellationToken);

            var next = cursor.After(described.Select(item => (item.Message.MessageId, item.FailureTime)), clock.GetUtcNow());
            var ended = last <= after;
            if (ended) next = next with { Time = Math.Max(next.Time, (started - Lag).ToUnixTimeMilliseconds()) };

            if (await cursors.TryWriteAsync(site.Id, next, cancellationToken) is not { } written)
            {
                return result with { Problem = "Another poller has moved the cursor; this one leaves the site to it." };
            }

            cursor = written;
            after = last;
            result = result with
            {
                Recovered = result.Recovered + fresh.Count,
                Skipped = result.Skipped + records.Length - fresh.Count,
                Cursor = DateTimeOffset.FromUnixTimeMilliseconds(cursor.Time),
            };
            if (ended) return result;
        }
    }

    // An account with an API token is never let in; a Connect app may be again.
    private static TimeSpan UnsupportedPause(Site site) => site.Scheme is SiteScheme.Connect ? TimeSpan.FromHours(1) : TimeSpan.FromDays(7);

    private static DeliveryMessage Describe(Site site, FailedWebhook record) =>
        DeliveryDescriber.DescribeFailed(site, record.Id, Encoding.UTF8.GetBytes(record.Body ?? ""), string.IsNullOrEmpty(record.Body));
}
