using System.Globalization;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Recovery;

/// <summary>One site's poll: read a page, publish it, then move the cursor (docs/architecture.md#cursor-follows-publish,
/// docs/jira-behaviour.md#failed-list-start). An error in between causes duplicates, which share their MessageId, and never a loss.</summary>
internal sealed class SitePoller(
    JiraWebhookClient jira, CursorTable cursors, SiteSearcher searcher, [FromKeyedServices(AzureClients.Timers)] IDeliveryPublisher publisher)
{
    /// <summary>Jira forgets failed deliveries after this long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(72);

    // A body may have 25 MB, and a page is held in memory as text.
    private const int PageSize = 10;
    private const int PublishedAtOnce = 5;

    /// <summary>Each poll reads this much again, because a record may be listed late. A run that could not reach the end goes on where the last one
    /// ended, so that it advances however many records there are; only what may have been listed late since is read again.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>When the list was read to its end, the cursor follows the time at this distance, so that a quiet site does not look like a stuck one.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <summary>One run. Throws <see cref="JiraApiException"/>, storage and publisher errors. The next run continues from the stored state.</summary>
    /// <param name="site">The site.</param>
    /// <param name="back">How far a search on request goes back, used only while the list is closed to the site; null if the signs of a loss decide.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    public async Task<SitePoll> PollAsync(Site site, TimeSpan? back, CancellationToken cancellationToken)
    {
        var (stored, clock) = await cursors.ReadAsync(site.Id, cancellationToken);
        var started = clock.GetUtcNow();
        if (started - stored?.UnsupportedSince < UnsupportedPause(site)) return await ClosedAsync(site, back, cancellationToken);

        // After a time in which the list was closed, the cursor is old. Nothing is lost because of that: the search was used instead.
        var cursor = stored ?? new Cursor((started - Kept).ToUnixTimeMilliseconds());
        var isOld = stored is { UnsupportedSince: null } && started - DateTimeOffset.FromUnixTimeMilliseconds(cursor.Time) > Kept;
        SitePoll result;
        try
        {
            result = await ReadAsync(site, cursor with { UnsupportedSince = null }, new SitePoll(site.Id) { Losses = isOld ? [TooOld(cursor)] : [] }, clock, cancellationToken);
        }
        catch (JiraApiException error) when (error.Failure is JiraFailure.NotAuthorised)
        {
            await cursors.TryWriteAsync(site.Id, cursor with { UnsupportedSince = started }, cancellationToken);
            return await ClosedAsync(site, back, cancellationToken);
        }

        return result.And(await searcher.PollAsync(site, null, hasList: true, cancellationToken));
    }

    private async Task<SitePoll> ClosedAsync(Site site, TimeSpan? back, CancellationToken cancellationToken) =>
        await searcher.PollAsync(site, back, cancellationToken) with { Unsupported = true };

    private async Task<SitePoll> ReadAsync(Site site, Cursor cursor, SitePoll result, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetUtcNow();
        var after = cursor.ReadTo ?? Math.Max(0, Before(cursor.Time));
        DateTimeOffset? firstAnswer = null;
        while (true)
        {
            var page = await jira.FailedAsync(site, after, PageSize, cancellationToken);
            var (read, fresh) = await PublishAsync(site, page.Records, cursor, cancellationToken);

            // Only an empty page is the end: it is not documented whether Jira leaves out records of exactly that time.
            var ended = read.Count == 0;
            var last = ended ? after : read.Max(record => record.FailureTime);
            var isBack = last < after;
            if (!ended && !isBack) after = Math.Max(last, after + 1);

            firstAnswer ??= page.AnsweredAt;
            var (next, whole) = (cursor.After(read, clock.GetUtcNow()), Earlier(started, firstAnswer));
            if (ended) next = next with { Time = Math.Max(next.Time, (whole - Lag).ToUnixTimeMilliseconds()), ReadTo = null };
            else if (!isBack) next = next with { ReadTo = Math.Min(after, Before(whole.ToUnixTimeMilliseconds())) };

            if (await cursors.TryWriteAsync(site.Id, next, cancellationToken) is not { } written)
            {
                return result with { Problem = "Another poller has moved the cursor; this one leaves the site to it." };
            }

            cursor = written;
            result = result with
            {
                Recovered = result.Recovered + fresh,
                Skipped = result.Skipped + read.Count - fresh,
                Cursor = DateTimeOffset.FromUnixTimeMilliseconds(cursor.Time),
            };
            if (ended) return result;
            if (isBack) return result with { Problem = "Jira returned only failed deliveries older than requested, so newer ones cannot be read." };
        }
    }

    private static long Before(long milliseconds) => milliseconds - (long)Overlap.TotalMilliseconds;

    // Publishes the records that no earlier run has published. Only a few bodies at a time are copied from the page.
    private async Task<(List<(string MessageId, long FailureTime)> Read, int Fresh)> PublishAsync(
        Site site, IReadOnlyList<FailedWebhook> records, Cursor cursor, CancellationToken cancellationToken)
    {
        var (read, fresh) = (new List<(string MessageId, long FailureTime)>(), 0);
        var seen = cursor.Seen.ToHashSet(StringComparer.Ordinal);
        foreach (var some in records.Chunk(PublishedAtOnce))
        {
            var messages = some.Select(record => Describe(site, record)).ToList();
            read.AddRange(messages.Zip(some, (message, record) => (message.MessageId, record.FailureTime)));
            messages.RemoveAll(message => !seen.Add(message.MessageId));
            if (messages.Count > 0) await publisher.PublishAsync(messages, cancellationToken);
            fresh += messages.Count;
        }

        return (read, fresh);
    }

    private static Loss TooOld(Cursor cursor) => new(
        Loss.OldCursor, string.Create(CultureInfo.InvariantCulture, $"The failed list was last read up to {DateTimeOffset.FromUnixTimeMilliseconds(cursor.Time):u}, and Jira keeps failed deliveries {Kept.TotalHours} h: those between the two are gone."));

    // Failure times come from Jira's clock. If storage's is ahead of it, a cursor that follows it passes records that are still to come.
    private static DateTimeOffset Earlier(DateTimeOffset storages, DateTimeOffset? jiras) => jiras < storages ? jiras.Value : storages;

    // Jira never accepts an account with an API token here; it may accept a Connect app again.
    private static TimeSpan UnsupportedPause(Site site) => site.Scheme is SiteScheme.Connect ? TimeSpan.FromHours(1) : TimeSpan.FromDays(7);

    private static DeliveryMessage Describe(Site site, FailedWebhook record) =>
        DeliveryDescriber.DescribeFailed(site, record.Id, Encoding.UTF8.GetBytes(record.Body ?? ""), string.IsNullOrEmpty(record.Body));
}
