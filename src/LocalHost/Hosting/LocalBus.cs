using System.Net.Sockets;
using ServiceBusSimulator;
using ServiceBusSimulator.Entities;

namespace LocalHost.Hosting;

/// <summary>The simulated Service Bus of this host.</summary>
internal sealed class LocalBus : IAsyncDisposable
{
    /// <summary>The port of the official emulator. A subscriber keeps its connection string over restarts, unless the port is in use.</summary>
    public const int UsualPort = 5672;

    private readonly SimulatedServiceBus _bus;

    private LocalBus(SimulatedServiceBus bus, string topic) => (_bus, Topic) = (bus, topic);

    /// <summary>Name of the topic that deliveries go to: the first one.</summary>
    public string Topic { get; }

    public string ConnectionString => _bus.ConnectionString;

    public BusFaults Faults => _bus.Faults;

    /// <summary>The subscriptions of the topic, with their numbers of messages.</summary>
    public IReadOnlyList<(string Name, int Active, int Dead)> Subscriptions => [.. _bus.Status
        .Where(queue => queue.Path.StartsWith($"{Topic}/", StringComparison.OrdinalIgnoreCase))
        .Select(queue => (queue.Path[(queue.Path.LastIndexOf('/') + 1)..], queue.Active, queue.Dead))];

    /// <summary>The settings that make the app publish to it.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Publisher"] = "ServiceBus",
        ["ServiceBus"] = ConnectionString,
        ["ServiceBus:EntityName"] = Topic,
        ["ServiceBus:Subscriptions"] = string.Join(',', Subscriptions.Select(subscription => subscription.Name)),
    };

    /// <summary>Starts the bus with the entities of <paramref name="path"/>, or with those of the repository.</summary>
    /// <exception cref="LocalHostException">The file cannot be read, is invalid, or has no topic.</exception>
    public static LocalBus Start(string? path, TimeProvider? clock = null)
    {
        var config = Load(path);
        if (config.Topics.Count == 0) throw new LocalHostException($"{path} has no topic, and deliveries go to a topic.");

        return new LocalBus(Listen(config, clock), config.Topics[0].Name);
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private static SimulatedServiceBus Listen(EntityConfig config, TimeProvider? clock)
    {
        try
        {
            return SimulatedServiceBus.Start(config, new SimulatedServiceBusOptions { Port = UsualPort, Clock = clock });
        }
        catch (SocketException)
        {
            return SimulatedServiceBus.Start(config, new SimulatedServiceBusOptions { Clock = clock });
        }
    }

    private static EntityConfig Load(string? path)
    {
        try
        {
            if (path is not null) return EntityConfig.Load(path);

            using var own = new StreamReader(typeof(LocalBus).Assembly.GetManifestResourceStream("servicebus-config.json")!);
            return EntityConfig.Parse(own.ReadToEnd());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"--bus-config {path} cannot be read: {error.Message}");
        }
        catch (FormatException invalid)
        {
            throw new LocalHostException($"--bus-config {path}: {invalid.Message}");
        }
    }
}
