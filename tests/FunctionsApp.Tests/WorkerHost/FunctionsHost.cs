using System.Diagnostics;
using FunctionsApp.Tests.WorkerHost.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>A Functions host for one worker: starts the process, has it index and load its functions, invokes them, and ends it.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private const string Timer = """{ "Schedule": { "AdjustForDST": true }, "ScheduleStatus": null, "IsPastDue": false }""";

    private readonly WebApplication _server;
    private readonly HostChannel _channel;
    private readonly Dictionary<string, StatusResult> _loaded = [];

    private FunctionsHost(WebApplication server, HostChannel channel, WorkerProcess worker)
    {
        (_server, _channel, Worker) = (server, channel, worker);
    }

    public WorkerProcess Worker { get; }

    /// <summary>The functions as the worker tells them.</summary>
    public IReadOnlyList<RpcFunctionMetadata> Functions { get; private set; } = [];

    /// <summary>What came of loading each.</summary>
    public IReadOnlyDictionary<string, StatusResult> Loaded => _loaded;

    /// <summary>Where the worker's own server listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The address at which the world reaches the HTTP functions.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Starts a worker and waits until its functions are loaded.</summary>
    public static async Task<FunctionsHost> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, CancellationToken cancellationToken)
    {
        var host = await LaunchAsync(settings);
        try
        {
            await host.ConnectAsync(cancellationToken);
            await host.LoadAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="program">The published app; null for ours.</param>
    public static async Task<FunctionsHost> LaunchAsync(IEnumerable<KeyValuePair<string, string?>> settings, string? program = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<HostChannel>();
        var server = builder.Build();
        server.MapGrpcService<HostChannel>();
        await server.StartAsync();
        return new(server, server.Services.GetRequiredService<HostChannel>(), new WorkerProcess(new Uri(server.Urls.Single()), settings, program ?? WorkerProcess.Program));
    }

    /// <summary>Waits until the worker has called.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var first = await Task.WhenAny(_channel.Started, Worker.Ended).WaitAsync(cancellationToken);
        if (first == Worker.Ended) throw new InvalidOperationException("The worker ended: " + string.Join('\n', Worker.Errors));
    }

    /// <summary>Has the worker, which has called, index and load its functions.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var init = await _channel.AskAsync(new()
        {
            WorkerInitRequest = new() { HostVersion = "4.0.0", WorkerDirectory = Worker.Folder, FunctionAppDirectory = Worker.Folder },
        }, cancellationToken);
        Address = new Uri(init.WorkerInitResponse.Capabilities["HttpUri"]);
        Client = new HttpClient(new HttpForwarder(this, Address)) { Timeout = Timeout.InfiniteTimeSpan };

        var indexed = (await _channel.AskAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = Worker.Folder } },
            cancellationToken)).FunctionMetadataResponse;
        if (indexed.Result.Status is not StatusResult.Types.Status.Success || indexed.UseDefaultMetadataIndexing)
        {
            throw new InvalidOperationException("The worker has not indexed its functions.");
        }

        Functions = indexed.FunctionMetadataResults;
        foreach (var function in Functions)
        {
            var loaded = await _channel.AskAsync(new() { FunctionLoadRequest = new() { FunctionId = function.Name, Metadata = function } }, cancellationToken);
            _loaded.Add(function.Name, loaded.FunctionLoadResponse.Result);
        }
    }

    /// <summary>Fires a timer; ends when the worker says how the run has ended.</summary>
    public Task<InvocationResponse> FireAsync(string function, string invocationId, CancellationToken cancellationToken) =>
        InvokeAsync(function, invocationId, "timerTrigger", new TypedData { Json = Timer }, [], cancellationToken);

    /// <summary>Has a function run, and waits for its end.</summary>
    public async Task<InvocationResponse> InvokeAsync(
        string function, string invocationId, string trigger, TypedData data, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken cancellationToken)
    {
        var input = Functions.Single(known => known.Name == function).Bindings.Single(binding => binding.Value.Type == trigger).Key;
        var request = new InvocationRequest
        {
            InvocationId = invocationId,
            FunctionId = function,
            InputData = { new ParameterBinding { Name = input, Data = data } },
            TraceContext = new() { TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01" },
        };
        foreach (var (name, value) in metadata) request.TriggerMetadata.Add(name, new TypedData { String = value });
        return (await _channel.AskAsync(new() { InvocationRequest = request }, cancellationToken)).InvocationResponse;
    }

    /// <summary>What the worker has logged.</summary>
    public IReadOnlyCollection<RpcLog> Logs => _channel.Logs;

    /// <summary>Cancels a run.</summary>
    public Task CancelAsync(string invocationId) => _channel.TellAsync(new() { InvocationCancel = new() { InvocationId = invocationId } });

    /// <summary>Tells the worker to end.</summary>
    public Task TerminateAsync() => _channel.TellAsync(new() { WorkerTerminate = new() });

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        Client?.Dispose();
        await _server.DisposeAsync();
    }
}
