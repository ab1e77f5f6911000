using ServiceBusSimulator.Amqp;
using ServiceBusSimulator.Broker;
using ServiceBusSimulator.Entities;

namespace ServiceBusSimulator;

/// <summary>How the bus runs.</summary>
public sealed record SimulatedServiceBusOptions
{
    /// <summary>The port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The clock of locks, expiry and duplicate detection.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The largest message or batch in bytes, with all its properties; by default that of the Standard tier, 256 KiB
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>).</summary>
    public long MaxMessageBytes { get; init; } = 256 * 1024;
}

/// <summary>A Service Bus in memory, over AMQP on loopback, for tests and for trying out. The SDKs of Azure connect to it as to the official emulator.
/// It keeps nothing when it ends, checks no token, and knows no scheduled or deferred messages, session state and transactions.</summary>
public sealed class SimulatedServiceBus : IAsyncDisposable
{
    private readonly BusEntities _entities;
    private readonly AmqpServer _server;

    private SimulatedServiceBus(EntityConfig config, SimulatedServiceBusOptions options)
    {
#pragma warning disable RS0030 // The default of a simulator that runs on its own.
        var clock = options.Clock ?? TimeProvider.System;
#pragma warning restore RS0030
        _entities = new BusEntities(config, clock);
        _server = new AmqpServer(_entities, Faults, clock, options.Port, options.MaxMessageBytes);
    }

    /// <summary>Starts the bus; it listens when this returns.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is in use.</exception>
    public static SimulatedServiceBus Start(EntityConfig config, SimulatedServiceBusOptions? options = null)
    {
        var bus = new SimulatedServiceBus(config, options ?? new());
        try
        {
            bus._server.Open();
            return bus;
        }
        catch
        {
            bus._server.Close();
            throw;
        }
    }

    /// <summary>What it does wrong on demand.</summary>
    public BusFaults Faults { get; } = new();

    /// <summary>The port it listens on.</summary>
    public int Port => _server.Port;

    /// <summary>The connection string for the SDKs. The key is not secret: it opens nothing.</summary>
    public string ConnectionString =>
        $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true";

    /// <summary>The queues and subscriptions, with their numbers of messages.</summary>
    public IReadOnlyList<QueueStatus> Status => [.. _entities.Queues.Select(queue => new QueueStatus(queue.Path, queue.Count, queue.DeadLetters!.Count))];

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _server.Close();
        _entities.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>State of a queue or subscription.</summary>
/// <param name="Path">Its address: <c>queue</c>, or <c>topic/Subscriptions/name</c>.</param>
/// <param name="Active">Messages, with those that are locked.</param>
/// <param name="Dead">Dead letters.</param>
public sealed record QueueStatus(string Path, int Active, int Dead);
