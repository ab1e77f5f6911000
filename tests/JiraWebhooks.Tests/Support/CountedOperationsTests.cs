using System.Net;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using LocalHost.Simulation;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Support;

/// <summary>An app's clients on a simulated clock: their requests count as running, and the waits between them do not.</summary>
[Collection<Clocked>]
public sealed class CountedOperationsTests : IDisposable
{
    private readonly SimulatedClock _clock = Clocked.NewClock();
    private readonly SlowServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task HttpClient_ServerIsSlowAndIsAskedAgain_TheClockMovesForTheWaitAlone()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("jira").AddHttpMessageHandler(() => new AsksTwice(_clock)).ConfigurePrimaryHttpMessageHandler(() => _server);
        await using var provider = services.AddCountedOperations(_clock).BuildServiceProvider();

        await AssertNoTimeOutAsync(provider.GetRequiredService<IHttpClientFactory>().CreateClient("jira").GetAsync("http://jira.example.com", Token), AsksTwice.Wait);

        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task AzureClient_StorageIsSlow_TheClockStandsStill()
    {
        var services = new ServiceCollection();
        services.AddAzureClients(clients => clients.AddTableServiceClient("UseDevelopmentStorage=true").ConfigureOptions(options => options.Transport = new HttpClientTransport(_server)));
        await using var provider = services.AddCountedOperations(_clock).BuildServiceProvider();

        await AssertNoTimeOutAsync(provider.GetRequiredService<TableServiceClient>().CreateTableAsync("webhooks", Token), TimeSpan.Zero);

        Assert.Equal(1, _server.Requests);
    }

    private async Task AssertNoTimeOutAsync(Task work, TimeSpan passed)
    {
        var start = _clock.GetUtcNow();
        using var timeout = new CancellationTokenSource(passed + TimeSpan.FromSeconds(1), _clock);

        await _clock.DriveAsync(work);

        Assert.False(timeout.IsCancellationRequested);
        Assert.Equal(passed, _clock.GetUtcNow() - start);
    }

    private sealed class AsksTwice(TimeProvider clock) : DelegatingHandler
    {
        public static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            await Task.Delay(Wait, clock, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Answers from a thread of its own, as the network does, and leaves the pool without work until then.</summary>
    private sealed class SlowServer : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            var answer = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = Task.Factory.StartNew(
                () =>
                {
                    SpinWait.SpinUntil(() => false, 200);
                    answer.SetResult(new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request, Content = new ByteArrayContent([]) });
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            return answer.Task;
        }
    }
}
