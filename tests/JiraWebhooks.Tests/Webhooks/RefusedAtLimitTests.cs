using JiraSimulator;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A site that holds as many webhooks as Jira allows, and a change that Jira refuses: the old webhooks keep their places.</summary>
[Collection<Clocked>]
public sealed class RefusedAtLimitTests : IAsyncLifetime
{
    private const string Post = "POST /rest/api/3/webhook";
    private const string Words = "The clause summary is unsupported";

    private static readonly string[] Names = ["issues", "more1", "more2", "more3", "more4"];

    private World _world = null!;
    private int _posts;
    private IReadOnlyList<long> _before = [];

    private SimulatedSite Acme => _world.Site(World.Acme);

    private int Posts => _world.Jira.Ledger.Calls(Post) - _posts;

    private int Deletions => _world.Jira.Ledger.Calls("DELETE /rest/api/3/webhook");

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        foreach (var name in Names) _world.Subscribe(World.Acme, name, "project = SHOP", "jira:issue_updated");
        await _world.RefreshAsync();
        _posts = _world.Jira.Ledger.Calls(Post);
        _before = Ids();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Run_ChangedFilterRefused_OldLivesWithoutAGapAndIsSentOnce()
    {
        Change("issues", "summary ~ oops");

        for (var day = 0; day < 3; day++)
        {
            var result = await NextDayAsync();

            Assert.Equal(0, result.Registered);
            Assert.Equal(5, result.Extended);
            Assert.Equal(1, result.Failed);
            Assert.Contains(Words, result.Problem, StringComparison.Ordinal);
            Assert.Equal(_before, Ids());
        }

        Assert.Equal(1, Posts);
        Assert.Equal(0, Deletions);
        Assert.Null(await _world.MissingSinceAsync(World.Acme));
    }

    [Fact]
    public async Task Run_AllChangedAndRefused_AllLiveWithoutAGapAndAreSentOnce()
    {
        foreach (var name in Names) Change(name, "summary ~ oops");

        for (var day = 0; day < 3; day++) Assert.Equal((5, 5), (await NextDayAsync()) is var result ? (result.Extended, result.Failed) : default);

        Assert.Equal(_before, Ids());
        Assert.Equal(1, Posts);
        Assert.Equal(0, Deletions);
    }

    [Fact]
    public async Task Run_OneChangeRefusedBesideOneThatIsNot_TheOtherIsRegistered()
    {
        Change("issues", "summary ~ oops");
        Change("more1", "project = OTHER");

        var result = await NextDayAsync();

        Assert.Equal(1, result.Registered);
        Assert.Equal(4, result.Extended);
        Assert.Equal(1, result.Failed);
        Assert.Equal(1, Deletions);
        Assert.Equal(4, Ids().Intersect(_before).Count());
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");

        var posts = Posts;
        Assert.Contains(Words, (await NextDayAsync()).Problem, StringComparison.Ordinal);
        Assert.Equal(posts, Posts);
        Assert.Equal(1, Deletions);
    }

    [Fact]
    public async Task Refresh_ByHand_TriesAgainAndDeletesNothing()
    {
        Change("issues", "summary ~ oops");
        await NextDayAsync();

        await _world.Clock.DriveAsync(new ApiCaller(_world.NewInstance()).RefreshAsync(World.Acme));

        Assert.Equal(2, Posts);
        Assert.Equal(0, Deletions);
        Assert.Equal(_before, Ids());
    }

    [Fact]
    public async Task Run_JiraLooksAtTheLimitFirst_TheOldIsBackInTheSameRunAndNothingIsTriedAgain()
    {
        Change("issues", "summary ~ oops");
        Acme.Faults.FailNext(Post, 200, body: Results(Full, Full));

        var result = await NextDayAsync();

        Assert.Contains(Words, result.Problem, StringComparison.Ordinal);
        Assert.Contains("issues: its former webhook is registered again", result.Problem, StringComparison.Ordinal);
        Assert.Equal(5, Acme.Webhooks.Count);
        Assert.Equal(1, Deletions);
        Assert.NotNull(await _world.MissingSinceAsync(World.Acme));

        var posts = Posts;
        for (var day = 0; day < 2; day++) Assert.Contains(Words, (await NextDayAsync()).Problem, StringComparison.Ordinal);
        Assert.Equal(posts, Posts);
        Assert.Equal(1, Deletions);
    }

    [Fact]
    public async Task Run_PlaceIsFreeLaterThanListed_IsTriedAgain()
    {
        Change("issues", "project = OTHER");
        Acme.Faults.FailNext(Post, 200, body: Results(Full, Full));
        Acme.Faults.FailNext(Post, 200, body: Results(Full));

        Assert.Contains("full", (await NextDayAsync()).Problem, StringComparison.Ordinal);

        var next = await NextDayAsync();
        Assert.Equal(1, next.Registered);
        Assert.Equal(0, next.Failed);
        Assert.Null(next.Problem);
        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");
    }

    [Fact]
    public async Task Run_JiraTakesMoreThanWeCount_HasNoGapAndLeavesNothingBehind()
    {
        Change("issues", "project = OTHER");

        // What was listed is gone meanwhile, so there is room for the new one and for what is sent to compare.
        var listing = RefreshFailureTests.Listing(Acme);
        var gone = _before.Skip(3).ToList();
        Acme.Delete(gone);
        _world.Clock.Advance(TimeSpan.FromDays(1));
        Acme.Faults.FailNext("GET /rest/api/3/webhook", 200, body: listing);
        await _world.RefreshAsync();

        Assert.Single(Acme.Webhooks, webhook => webhook.Jql == "project = OTHER");
        Assert.Null((await NextDayAsync()).Problem);
        _world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(5, Acme.Webhooks.Count);
        Assert.Equal(5, await RegisteredAsync());
    }

    private static string Full => """{"errors":["The list is full"]}""";

    private static string Results(params string[] items) => $$"""{"webhookRegistrationResult":[{{string.Join(',', items)}}]}""";

    private void Change(string name, string jql) => _world.Subscribe(World.Acme, name, jql, "jira:issue_updated");

    private List<long> Ids() => [.. Acme.Webhooks.Select(webhook => webhook.Id)];

    private async Task<SiteRefresh> NextDayAsync()
    {
        _world.Clock.Advance(TimeSpan.FromDays(1));
        return await _world.RefreshAsync(World.Acme);
    }

    private async Task<int> RegisteredAsync()
    {
        var rows = await _world.RowsAsync(World.Acme);
        return rows.Count(row => Acme.Webhooks.Any(webhook => webhook.Id == row.WebhookId));
    }
}
