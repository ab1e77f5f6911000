using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.Inspector;

/// <summary>LocalHost as a process, with the Jira that it simulates and its bus.</summary>
public sealed class SimulatedHost(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly int _port = LocalHostProcess.FreePort();
    private LocalHostProcess _process = null!;

    internal Uri Address => new($"http://localhost:{_port}");

    internal string Bus => _process.Bus!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = await azurite.NewAccountAsync() };
        _process = await LocalHostProcess.ListeningAsync(_port, settings, CancellationToken.None, arguments: ["--bus"]);
        await _process.UntilAsync(() => _process.Output.Any(line => line.Contains("Refresh of globex", StringComparison.Ordinal)), CancellationToken.None);
        using var manager = new HttpClient { BaseAddress = Address };
        manager.DefaultRequestHeaders.Add("x-functions-key", LocalHostProcess.Key());
        using var polled = await manager.PostAsync("/admin/functions/PollFailedWebhooks", null);
        polled.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync() => await _process.DisposeAsync();
}
