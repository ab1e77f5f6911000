using Testing.Attacks;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>The attack table over real sockets, against LocalHost. The worker has the same in FunctionsApp.Tests.</summary>
public sealed class AttackTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private AttackTarget Target => new(world.Site(Acme), world.Site(Globex), world.Site(Initech));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "verify-raw-body")]
    public async Task Attacks_OverSockets_HaveTheirStatusAndReachNoQueue()
    {
        await AttackTable.CheckAsync(AttackTable.Of(Target), SendAsync);

        Assert.Empty(await world.DrainAsync());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task AttacksOnTheManagement_OverSockets_ChangeNothing()
    {
        var attacks = ManagementAttacks.Of(world.Key, world.Address.Authority).ToList();
        var before = await SitesAsync();

        await AttackTable.CheckAsync(attacks, SendAsync);

        Assert.Equal(before, await SitesAsync());
    }

    [Fact(Timeout = Limits.Hang)]
    [Trait("Rule", "verify-raw-body")]
    public async Task GenuineDeliveries_OverSockets_ReachTheQueue()
    {
        var genuine = AttackTable.Accepted(Target);

        await AttackTable.CheckAsync(genuine, SendAsync);

        Assert.Equal(genuine.Count, (await world.DrainAsync()).Count);
    }

    [Fact]
    public void Attacks_TestOnePropertyEach()
    {
        var attacks = AttackTable.Of(Target).Concat(ManagementAttacks.Of(world.Key, world.Address.Authority)).ToList();

        Assert.Empty(attacks.GroupBy(attack => attack.Property).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Empty(attacks.GroupBy(attack => attack.Name).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    private async Task<string> SitesAsync() =>
        string.Join('\n', (await world.JsonAsync("/api/sites")).EnumerateArray().Select(site => $"{site.GetProperty("site")} {site.GetProperty("source")} {site.GetProperty("url")}"));

    private Task<IReadOnlyList<int>> SendAsync(Attack attack) => Wire.SendAsync(attack, world.Address.Port, null, Token);
}
