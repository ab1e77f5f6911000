using System.Globalization;
using System.Text.Json;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.FailedDeliveries;

/// <summary>Recovery where the failed list is closed: after an outage longer than Jira retries, every issue that has changed in it is searched
/// for and published in its present state. What cannot be found this way: deletions, and states in between.</summary>
public sealed class SiteSweeper(
    JiraWebhookClient jira, SweepTable table, [FromKeyedServices(AzureClients.Timers)] IDeliveryPublisher publisher, TimeProvider clock) : ISiteRecovery
{
    /// <summary>The shortest time in which Jira can have used its five retries.</summary>
    public static readonly TimeSpan ShortestRetries = TimeSpan.FromMinutes(25);

    /// <summary>Between two runs of the timer: a longer gap means that this app, or the site in it, was not working.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(40);

    /// <summary>A search reaches this far back beyond the outage: clocks differ, and an issue is indexed a little later.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    // Jira's retries come at most 15 minutes apart: without a failure for longer, the outage is over.
    private static readonly TimeSpan Over = TimeSpan.FromMinutes(20);

    private const int PageSize = 50;

    /// <inheritdoc/>
    public bool Covers(Site site) => site.Scheme is SiteScheme.OAuth;

    /// <inheritdoc/>
    public async Task<SitePoll> PollAsync(Site site, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var state = await table.ReadAsync(site.Id, cancellationToken);
        var outage = await table.OutageAsync(site.Id, cancellationToken);
        var ended = outage is not null && now - outage.Last > Over ? outage : null;

        var gap = now - state?.WellUntil > LongestGap ? state?.WellUntil : null;
        var failed = ended?.Last - ended?.From >= ShortestRetries ? ended?.From : null;
        var from = gap < failed ? gap : failed ?? gap;

        var result = from is { } since ? await SweepAsync(site, since, cancellationToken) : new SitePoll(site.Id);
        if (!await table.TryWriteAsync(site.Id, now, state?.Version, cancellationToken)) return result with { Problem = "Another run has been at this site." };
        if (ended is not null) await table.CloseOutageAsync(site.Id, ended, cancellationToken);
        return result;
    }

    /// <summary>Publishes every issue of the site's subscriptions that has changed since <paramref name="from"/>, each state once.</summary>
    public async Task<SitePoll> SweepAsync(Site site, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var minutes = (long)Math.Ceiling((clock.GetUtcNow() - from + Overlap).TotalMinutes);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = 0;
        foreach (var filter in site.Subscriptions.Select(subscription => subscription.Jql).Distinct(StringComparer.Ordinal))
        {
            // Relative, so that nobody's time zone is in it.
            var jql = string.Create(CultureInfo.InvariantCulture, $"({filter}) AND updated >= \"-{minutes}m\" ORDER BY updated ASC");
            await foreach (var page in jira.SearchAsync(site, jql, PageSize, cancellationToken))
            {
                DeliveryMessage[] messages = [.. page.Select(issue => SweptIssue.Describe(site, issue)).OfType<DeliveryMessage>().Where(message => seen.Add(message.MessageId))];
                if (messages.Length == 0) continue;

                await publisher.PublishAsync(messages, cancellationToken);
                found += messages.Length;
            }
        }

        return new SitePoll(site.Id) { Recovered = found, SweptFrom = from };
    }
}
