using JiraWebhooks.OAuth;
using JiraWebhooks.Publishing;
using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Time as it passes in production: Jira delivers and retries when it is due, and the timer ticks every quarter of an hour, each unless
/// it is down.</summary>
internal static class OutageWorld
{
    public static readonly TimeSpan Tick = TimeSpan.FromMinutes(15);

    /// <summary>Lets <paramref name="time"/> pass; gives what the ticks did at <paramref name="site"/>.</summary>
    public static async Task<IReadOnlyList<SitePoll>> PassAsync(this World world, string site, TimeSpan time, bool receiverIsDown = false, bool timerIsDown = false)
    {
        using var client = receiverIsDown ? new HttpClient(new Unreachable()) : world.Client();
        var (end, polls) = (world.Clock.GetUtcNow() + time, new List<SitePoll>());
        for (var next = world.Clock.GetUtcNow() + Tick; next <= end; next += Tick)
        {
            await world.DeliverUntilAsync(client, next);
            if (!timerIsDown) polls.Add(await world.PollAsync(site));
        }

        await world.DeliverUntilAsync(client, end);
        return polls;
    }

    /// <summary>Issues that changed on a site and are on the bus in neither way.</summary>
    public static IReadOnlyList<string> LostIssues(this World world, string site)
    {
        var live = world.Publisher.Messages.Where(message => !message.Reconstructed).Select(message => message.MessageId).ToHashSet();
        var found = world.Publisher.Messages.Where(message => message.Reconstructed && message.Site == site).ToLookup(message => message.IssueKey, message => message.Time);
        return [.. world.Jira.Ledger.Emitted
            .Where(emitted => emitted.Site == site && !live.Contains(DeliveryIdentity.MessageId(site, emitted.Identifier)))
            .Select(emitted => (Key: System.Text.Json.JsonDocument.Parse(emitted.Body).RootElement.GetProperty("issue").GetProperty("key").GetString()!, emitted.At))
            .Where(missed => !found[missed.Key].Any(time => time >= missed.At))
            .Select(missed => missed.Key)];
    }

    public static IReadOnlyList<string> Searched(this World world) => [.. world.Publisher.Messages.Where(message => message.Reconstructed).Select(message => message.IssueKey!)];

    /// <summary>Start of a search of something that was not searched before; null for none, and for one that only repeats.</summary>
    public static DateTimeOffset? NewFrom(this SitePoll poll) => poll.IsRepeat ? null : poll.SearchedFrom;

    public static OutageTable Outages(this World world) => world.NewInstance().GetRequiredService<OutageTable>();

    /// <summary>A person consents again.</summary>
    public static async Task GiveGrantAsync(this World world, string site)
    {
        var store = world.NewInstance().GetRequiredService<ITokenStore>();
        var old = await store.ReadAsync(site, CancellationToken.None);
        Assert.True(await store.TryWriteAsync(site, new OAuthGrant { RefreshToken = world.Jira.OAuth.IssueGrant(world.Site(site).Options.ClientId) },
            old?.Version, CancellationToken.None));
    }

    private static async Task DeliverUntilAsync(this World world, HttpClient client, DateTimeOffset until)
    {
        while (world.Jira.NextDue is { } due && due <= until)
        {
            if (due > world.Clock.GetUtcNow()) await world.Clock.MoveToAsync(due);
            await world.Jira.DeliverDueAsync(client, CancellationToken.None);
        }

        if (until > world.Clock.GetUtcNow()) await world.Clock.MoveToAsync(until);
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException("connection refused");
    }
}
