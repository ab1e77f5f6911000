using JiraSimulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>A simulated Jira that the worker's process reaches. It can leave all requests without an answer.</summary>
internal sealed class JiraServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JiraServer(WebApplication server) => _server = server;

    public SimulatedJira Jira { get; } = new(TimeProvider.System);

    public Uri Address => new(_server.Urls.Single());

    /// <summary>True holds every request until its sender gives up.</summary>
    public bool Holds { get; set; }

    /// <summary>Ends when the first request is held.</summary>
    public Task Held => _held.Task;

    public static async Task<JiraServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new JiraServer(app);
        app.Use(server.HoldAsync);
        app.MapJiraSimulator(server.Jira);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        if (!Holds)
        {
            await next(context);
            return;
        }

        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(givenUp.SetResult);
        _held.TrySetResult();
        await givenUp.Task;
    }
}
