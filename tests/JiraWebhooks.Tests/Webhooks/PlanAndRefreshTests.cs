using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>For many states of a site: if Jira accepts everything, the refresh does exactly what the plan before it says.</summary>
[Collection<Clocked>]
public sealed class PlanAndRefreshTests
{
    private const string Callback = "https://hooks.example.com/api/deliveries/";

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Refresh_OfAnyState_DoesWhatThePlanSays(int seed)
    {
        await using var world = await World.StartAsync();
        var random = new Random(seed);
        var site = seed % 3 == 0 ? World.Globex : World.Acme;
        await ArrangeAsync(world, site, random);

        var plan = await world.PlanAsync(site);
        var before = Ids(world, site);
        Assert.Equal(before, Ids(world, site));

        var result = await world.RefreshAsync(site);
        world.Clock.Advance(TimeSpan.FromSeconds(5)); // deletions happen a moment later
        var after = Ids(world, site);

        var gone = Steps(PlannedAction.Replace).Concat(Steps(PlannedAction.Delete)).Select(step => step.Id!.Value).Order();
        var fresh = Steps(PlannedAction.Replace).Count() + Steps(PlannedAction.Create).Count();
        Assert.Equal(gone, before.Except(after).Order());
        Assert.Equal(fresh, after.Except(before).Count());
        Assert.Equal(fresh, result.Registered + result.Replaced);
        Assert.Equal(Steps(PlannedAction.Extend).Count(step => step.Webhook is not null), result.Extended);
        Assert.All(Steps(PlannedAction.Extend), step => Assert.Contains(step.Id!.Value, after));
        Assert.All(Steps(PlannedAction.Leave), step => Assert.Contains(step.Id!.Value, after));
        Assert.Equal(plan.Problems.Count > 0, result.Problem is not null);

        IEnumerable<PlannedStep> Steps(PlannedAction action) => plan.Steps.Where(step => step.Action == action);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    private static List<long> Ids(World world, string site) => [.. world.Site(site).Webhooks.Select(webhook => webhook.Id)];

    // A first state that is refreshed, and then changes of every kind.
    private static async Task ArrangeAsync(World world, string site, Random random)
    {
        var names = Enumerable.Range(1, random.Next(1, 6)).Select(number => $"w{number}").ToList();
        if (site == World.Globex) world.Unsubscribe(site, "comments");
        world.Unsubscribe(site, "issues");
        foreach (var name in names) world.Subscribe(site, name, "project = SHOP", "jira:issue_updated");
        if (random.Next(4) > 0) await world.RefreshAsync();

        world.Clock.Advance(TimeSpan.FromHours(random.Next(1, 20 * 24)));
        foreach (var name in names)
        {
            switch (random.Next(5))
            {
                case 0: world.Unsubscribe(site, name); break;
                case 1: world.Subscribe(site, name, "project = OTHER", "jira:issue_updated"); break;
                case 2 when Ids(world, site) is { Count: > 0 } ids: world.Site(site).Delete([ids[random.Next(ids.Count)]]); break;
            }
        }

        world.Subscribe(site, "kept", "project = KEPT", "comment_created");
        if (random.Next(4) == 0) world.Site(site).Add(Callback + site, ["comment_created"], "project = ORPHAN");
        if (random.Next(6) == 0) world.Site(site).Add("https://production.example.com/" + site, ["comment_created"], "project = X");
        if (random.Next(3) == 0) world.Settings["TakeOver"] = "true";
        if (random.Next(5) == 0) world.Subscribe(site, "empty", " ", "jira:issue_updated");
        world.Clock.Advance(TimeSpan.FromSeconds(5));
    }
}
