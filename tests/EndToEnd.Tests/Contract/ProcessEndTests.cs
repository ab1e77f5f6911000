using System.Net;
using System.Net.Sockets;
using EndToEnd.Tests.Support;
using static EndToEnd.Tests.Contract.Names;

namespace EndToEnd.Tests.Contract;

/// <summary>How the process ends: exit codes, and what is on stderr.</summary>
public sealed class ProcessEndTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limits.Hang)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_EndsItInPeace(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are ended by signals.");
        using var clone = new Clone();
        var port = LocalHostProcess.FreePort();
        var settings = new Dictionary<string, string?>
        {
            [Setting.Storage] = await azurite.NewAccountAsync(),
            [Setting.Site("good", "Scheme")] = "AdminWebhook",
            [Setting.Site("good", "Url")] = "https://example.atlassian.net",
            [Setting.Site("good", "Secret")] = "x",
        };
        await using var host = await LocalHostProcess.ListeningAsync(port, settings, Token, clone);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://localhost:{port}") };
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync("/api/health", Token));
        using var start = await http.GetAsync($"/api/oauth/start?code={(await File.ReadAllTextAsync(clone.Key, Token)).Trim()}", Token);
        Assert.Equal(409, (int)start.StatusCode);

        host.Signal(signal);
        await host.EndAsync(Token);

        Assert.Equal(0, host.Process.ExitCode);
        Assert.Empty(host.Errors);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(0, null, "--help")]
    [InlineData(0, null, "--version")]
    [InlineData(1, "Unrecognized command or argument '--nonsense'.", "--nonsense")]
    [InlineData(1, "--port must be a number from 1 to 65535.", "--port", "0")]
    [InlineData(1, "--demo must be a number of events from 1 to 100000.", "--demo", "0")]
    [InlineData(1, "--demo must be a number of events from 1 to 100000.", "--demo", "100001")]
    [InlineData(1, "Set the environment variable JIRA_CLIENT_SECRET to the app's client secret, from developer.atlassian.com/console.", "connect", "--client-id", "x")]
    public async Task Arguments_ThatEndIt_HaveTheirExitCode(int code, string? error, params string[] arguments)
    {
        await using var host = await LocalHostProcess.EndedAsync(arguments, new Dictionary<string, string?>(), Token);

        Assert.Equal(code, host.Process.ExitCode);
        Assert.Equal(error, host.Errors.FirstOrDefault(line => line.Length > 0));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Port_ThatIsTaken_EndsIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var host = await LocalHostProcess.EndedAsync(["--port", $"{port}"], new Dictionary<string, string?> { [Setting.Storage] = await azurite.NewAccountAsync() }, Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Equal($"Port {port} is in use: stop the other program, or choose another port with --port.", Assert.Single(host.Errors));
        Assert.DoesNotContain(host.Output, line => line.Contains("   at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
    }
}
