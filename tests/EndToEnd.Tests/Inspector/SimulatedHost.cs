using System.Net.Http.Json;
using System.Text.Json;
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
        await _process.UntilAsync(() => Says("Refresh of acme") && Says("Refresh of globex"), CancellationToken.None);
        using var manager = new HttpClient { BaseAddress = Address };
        manager.DefaultRequestHeaders.Add("x-functions-key", LocalHostProcess.Key());
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Limits.Hang), TimeProvider.System);
        using var polled = await manager.PostAsync("/admin/functions/PollFailedWebhooks", null, limit.Token);
        polled.EnsureSuccessStatusCode();

        // The page draws a site once, and the answer comes before the poll has ended.
        while (!await HasCursorAsync(manager, limit.Token)) await Task.Yield();
    }

    public async ValueTask DisposeAsync() => await _process.DisposeAsync();

    private bool Says(string words) => _process.Output.Any(line => line.Contains(words, StringComparison.Ordinal));

    private static async Task<bool> HasCursorAsync(HttpClient manager, CancellationToken cancellationToken) =>
        (await manager.GetFromJsonAsync<JsonElement>("/api/sites/globex", cancellationToken)).GetProperty("health").TryGetProperty("cursor", out var cursor) && cursor.ValueKind is JsonValueKind.String;
}
