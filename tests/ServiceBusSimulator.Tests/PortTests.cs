using System.Net.Sockets;
using ServiceBusSimulator.Entities;

namespace ServiceBusSimulator.Tests;

/// <summary>Two buses never listen on one port: a client would be connected to either.</summary>
public sealed class PortTests
{
    private static readonly EntityConfig Config = EntityConfig.Parse("""{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"q"}]}]}}""");

    [Fact]
    public async Task Start_ManyAtOnceOnOnePort_OneListens()
    {
        var rounds = 0;
        for (var round = 0; round < 50; round++)
        {
            await using var first = SimulatedServiceBus.Start(Config);
            var port = first.Port;
            await first.DisposeAsync();
            using var together = new Barrier(4);

            var buses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => Try(port, together), TaskCreationOptions.LongRunning)));

            foreach (var bus in buses) if (bus is not null) await bus.DisposeAsync();
            Assert.InRange(buses.Count(bus => bus is not null), 0, 1);
            if (buses.Any(bus => bus is not null)) rounds++;
        }

        // Another program may take a port in between, but not each.
        Assert.InRange(rounds, 25, 50);
    }

    private static SimulatedServiceBus? Try(int port, Barrier together)
    {
        together.SignalAndWait();
        try
        {
            return SimulatedServiceBus.Start(Config, new SimulatedServiceBusOptions { Port = port });
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
