using System.Diagnostics;
using JiraWebhooks.Sites;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FunctionsApp.Tests;

public sealed class TimerRunTests(AzuriteFixture azurite)
{
    /// <summary>Telemetry of an aborted run is needed most, and its instance may stop at once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_HoweverItEnds_SendsItsTelemetry(bool broken)
    {
        var (metrics, traces, logs) = (new CountingReader(), new CountingProcessor<Activity>(), new CountingProcessor<LogRecord>());
        using var app = TestApp.Build(
            services => services
                .AddSingleton<ISiteStore>(new NoSites(broken))
                .AddOpenTelemetry()
                .WithMetrics(builder => builder.AddReader(metrics))
                .WithTracing(builder => builder.AddProcessor(traces))
                .WithLogging(builder => builder.AddProcessor(logs)),
            ("Publisher", "StorageQueue"), ("AzureWebJobsStorage", await azurite.NewAccountAsync()));

        var refresh = await Record.ExceptionAsync(() =>
            ActivatorUtilities.CreateInstance<RefreshWebhooks>(app.Services).RunAsync(new(), TestContext.Current.CancellationToken));
        Assert.Equal(1, metrics.Flushes);
        Assert.Equal(1, traces.Flushes);
        Assert.Equal(1, logs.Flushes);

        var poll = await Record.ExceptionAsync(() =>
            ActivatorUtilities.CreateInstance<PollFailedWebhooks>(app.Services).RunAsync(new(), TestContext.Current.CancellationToken));
        Assert.Equal(2, metrics.Flushes);
        Assert.Equal(2, traces.Flushes);
        Assert.Equal(2, logs.Flushes);

        // The host must see the failure too: it is what the invocation is recorded with.
        Assert.Equal(broken, refresh is TimeoutException);
        Assert.Equal(broken, poll is TimeoutException);
    }

    /// <summary>Nothing else cancels it: the worker disposes all services under a run that goes on, and the host hears of that instead.</summary>
    [Fact]
    public async Task Run_TheProcessIsToldToGo_IsCancelledAndWaitedFor()
    {
        var sites = new WaitingSites();
        using var app = TestApp.Build(services => services.AddSingleton<ISiteStore>(sites), ("Publisher", "StorageQueue"));
        var runs = app.Services.GetRequiredService<TimerRuns>();
        var run = ActivatorUtilities.CreateInstance<RefreshWebhooks>(app.Services).RunAsync(new(), CancellationToken.None);
        await sites.Asked.Task;

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await sites.Cancelled.Task;
        var stopping = runs.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);

        sites.End.SetResult();
        await stopping;

        // What the worker reports as cancelled.
        Assert.IsAssignableFrom<OperationCanceledException>((await Assert.ThrowsAsync<OperationCanceledException>(() => run)).InnerException);
    }

    [Fact]
    public async Task Run_AfterItsContainerIsDisposed_EndsAsItEnds()
    {
        var sites = new WaitingSites();
        using var stop = new CancellationTokenSource();
        Task run;
        using (var app = TestApp.Build(services => services.AddSingleton<ISiteStore>(sites), ("Publisher", "StorageQueue")))
        {
            run = ActivatorUtilities.CreateInstance<PollFailedWebhooks>(app.Services).RunAsync(new(), stop.Token);
            await sites.Asked.Task;
        }

        await stop.CancelAsync();
        sites.End.SetResult();

        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
    }

    /// <summary>Lists no sites until it is cancelled, and ends when the test says so.</summary>
    private sealed class WaitingSites : ISiteStore
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => new((Site?)null);

        public async ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken)
        {
            using var registration = cancellationToken.Register(Cancelled.SetResult);
            Asked.SetResult();
            await Cancelled.Task;
            await End.Task;
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private sealed class NoSites(bool broken) : ISiteStore
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => new((Site?)null);

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) =>
            broken ? throw new TimeoutException("fault of the test") : new([]);
    }

    private sealed class CountingReader : MetricReader
    {
        public int Flushes { get; private set; }

        protected override bool OnCollect(int timeoutMilliseconds)
        {
            Flushes++;
            return true;
        }
    }

    private sealed class CountingProcessor<T> : BaseProcessor<T>
    {
        public int Flushes { get; private set; }

        protected override bool OnForceFlush(int timeoutMilliseconds)
        {
            Flushes++;
            return true;
        }
    }
}
