using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Debian's <c>webhook</c> (<see href="https://github.com/adnanh/webhook"/>) in a process of its own. It exists to start a command per
/// request. One hook starts <c>/bin/true</c> and answers when that has ended. The other one names a command that does not exist, the only way to
/// have it start none: it verifies and parses the body, answers 200, and only writes to its log that there is no such command.</summary>
internal static class WebhookServer
{
    private const string Hooks = $$"""
        [
          { "id": "none", "execute-command": "/nonexistent", "trigger-rule": {{Rule}} },
          { "id": "true", "execute-command": "/bin/true", "include-command-output-in-response": true, "trigger-rule": {{Rule}} }
        ]
        """;

    private const string Rule = $$"""
        { "match": { "type": "payload-hmac-sha256", "secret": "{{TestSites.Secret}}", "parameter": { "source": "header", "name": "X-Hub-Signature" } } }
        """;

    /// <summary>Starts it.</summary>
    /// <exception cref="RivalMissingException">It is not installed.</exception>
    public static async Task<Rival> StartAsync()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Hooks);
        var port = FreePort();
        try
        {
            var start = new ProcessStartInfo("webhook", ["-ip", "127.0.0.1", "-port", $"{port}", "-hooks", file]);
            var server = Cores.First(() => MeasuredProcess.Start(start));
            await ListensAsync(server, port);
            return new Rival(server, body => [("e webhook, no command", Client(port, "none", body)), ("e webhook, /bin/true", Client(port, "true", body))])
            {
                ListensToInput = false,
            };
        }
        catch (Win32Exception missing)
        {
            throw new RivalMissingException("webhook is not measured: it is missing (apt install webhook).", missing);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static LoadClient Client(int port, string hook, byte[] body) => LoadSubject.Jira(port, $"/hooks/{hook}", TestSites.Make(SiteScheme.AdminWebhook), body);

    // It does not tell a port that the system has chosen.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ListensAsync(MeasuredProcess server, int port)
    {
        while (!server.HasEnded)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }

        throw new InvalidOperationException("webhook has ended.");
    }
}
