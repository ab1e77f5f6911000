using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>A search of many runs: a few hundred issues each, an index that lags, and a page that fails.</summary>
[Collection<Clocked>]
public sealed class LargeSearchTests
{
    private const string Search = "POST /rest/api/2/search/jql";
    private const int MostRuns = 1000;

    private static readonly TimeSpan Outage = TimeSpan.FromHours(10);

    [Theory]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public async Task Search_ThousandsOfIssues_PublishesEveryOneAndEndsAndCostsALinearNumberOfRequests(int issues)
    {
        var (requests, runs, lost) = await SearchAsync(issues);

        // Two passes, 20 pages for a thousand issues, and what a run repeats: at most half of it.
        Assert.Equal(0, lost);
        TestContext.Current.TestOutputHelper!.WriteLine($"{requests} requests in {runs} runs");
        Assert.InRange(requests, 2 * 20 * issues / 1000, 2.5 * 2 * 20 * issues / 1000);
        Assert.InRange(runs, 2 * issues / 350, MostRuns - 1);
    }

    private static async Task<(int Requests, int Runs, int Lost)> SearchAsync(int issues)
    {
        await using var world = await World.StartAsync();
        await world.RefreshAsync();
        await world.PollAsync();
        var instance = world.NewInstance();
        var site = (await instance.GetRequiredService<ISiteStore>().FindAsync(World.Acme, CancellationToken.None))!;
        var searcher = instance.GetRequiredService<SiteSearcher>();

        world.Site(World.Acme).Issues.IndexLag = TimeSpan.FromMinutes(10);
        for (var issue = 1; issue <= issues; issue++)
        {
            world.Emit(World.Acme, issue);
            world.Clock.Advance(Outage / issues);
        }

        // Time passes with every message, so that the time of a run is up after 300 of them.
        world.Publisher.Before = (_, token) =>
        {
            token.ThrowIfCancellationRequested();
            world.Clock.Advance(SearchRun.Slice / 300);
            return Task.CompletedTask;
        };
        var runs = 0;
        SitePoll poll;
        do
        {
            if (++runs == 20) world.Site(World.Acme).Faults.FailNext(Search, 404);
            poll = await world.Clock.DriveAsync(searcher.PollAsync(site, null, CancellationToken.None));
            world.Clock.Advance(OutageWorld.Tick);
        }
        while (runs < MostRuns && (poll.Unfinished || runs == 20 || poll.NewFrom() is not null));

        // The second pass begins and comes to its end; then nothing is left for hours.
        do
        {
            poll = await world.Clock.DriveAsync(searcher.PollAsync(site, null, CancellationToken.None));
            world.Clock.Advance(OutageWorld.Tick);
        }
        while (++runs < MostRuns && poll.SearchedFrom is not null);

        return (world.Jira.Ledger.Calls(Search), runs, issues - world.Publisher.Messages.Select(message => message.IssueKey).Distinct().Count());
    }
}
