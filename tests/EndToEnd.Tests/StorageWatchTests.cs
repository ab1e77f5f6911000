using LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

/// <summary>What the host does when its storage can no longer save. That storage tells it, <see cref="OwnAzuriteTests"/> sees on a full disk.</summary>
public sealed class StorageWatchTests
{
    private readonly TaskCompletionSource<string> _saveFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/deliveries/acme", 503)]
    [InlineData("/api/health", 503)]
    [InlineData("/jira/rest/api/3/webhook", 200)]
    public async Task Invoke_ASaveHasFailed_Is503ForTheFunctionsAlone(string path, int status)
    {
        using var app = Build();
        var watch = app.Services.GetRequiredService<StorageWatch>();
        Assert.Equal(200, await AskAsync(watch, path));

        _saveFailed.SetResult("ENOSPC: no space left on device, write");

        Assert.Equal(status, await AskAsync(watch, path));
    }

    [Fact]
    public async Task Run_ASaveFails_EndsTheHostWithOneErrorLine()
    {
        using var app = Build();
        await app.StartAsync(Token);

        _saveFailed.SetResult("ENOSPC: no space left on device, write");
        await app.WaitForShutdownAsync(Token);

        var line = Assert.Single(app.Services.GetFakeLogCollector().GetSnapshot(), entry => entry.Level >= LogLevel.Error);
        Assert.Contains("Azurite could not save (ENOSPC: no space left on device, write)", line.Message, StringComparison.Ordinal);
    }

    private static async Task<int> AskAsync(StorageWatch watch, string path)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        await watch.InvokeAsync(context, _ => Task.CompletedTask);
        return context.Response.StatusCode;
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.ClearProviders().AddFakeLogging();
        builder.Services.AddStorageWatch(_saveFailed.Task);
        return builder.Build();
    }
}
