using System.Text;
using System.Text.RegularExpressions;
using Testing.Attacks;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>The attack table over real sockets, against the worker process.</summary>
[Collection(Alone.Name)]
public sealed partial class WorkerAttackTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Alone.Limit)]
    [Trait("Rule", "verify-raw-body")]
    public async Task Attacks_OverSockets_HaveTheirStatusAndReachNoQueue()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);
        var target = world.Target;
        Assert.Equal(200, await WorkerWorld.DeliverAsync(host.Client, world.Secret, Token));

        var genuine = AttackTable.Accepted(target);
        await AttackTable.CheckAsync(genuine, attack => SendAsync(host, attack));
        Assert.Equal(1 + genuine.Count, (await world.PublishedAsync(Token)).Count);

        // What has no route ends in the host.
        var attacks = AttackTable.Of(target).Where(attack => attack.IsForTheServer || SiteOf(attack) is not null).ToList();
        await AttackTable.CheckAsync(attacks, attack => SendAsync(host, attack));

        Assert.Equal(1 + genuine.Count, (await world.PublishedAsync(Token)).Count);
    }

    // The host names the invocation to which a request belongs. What the server refuses has none.
    private static async Task<IReadOnlyList<int>> SendAsync(FunctionsHost host, Attack attack)
    {
        if (attack.IsForTheServer || SiteOf(attack) is not { } site) return await Wire.SendAsync(attack, host.Address.Port, null, Token);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var id = Guid.NewGuid().ToString();
        Task invocation = host.InvokeAsync(
            nameof(ReceiveDelivery), id, "httpTrigger", new() { Http = new() }, [KeyValuePair.Create("site", site)], ended.Token);
        var statuses = await Wire.SendAsync(attack, host.Address.Port, $"x-ms-invocation-id: {id}", Token);
        await ended.CancelAsync();
        await invocation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return statuses;
    }

    private static string? SiteOf(Attack attack) =>
        Route().Match(Encoding.Latin1.GetString(attack.Request)) is { Success: true } match ? Uri.UnescapeDataString(match.Groups[1].Value) : null;

    [GeneratedRegex(@"^POST /api/deliveries/([^/? ]+)(\?\S*)? HTTP/1\.1\r\n")]
    private static partial Regex Route();
}
