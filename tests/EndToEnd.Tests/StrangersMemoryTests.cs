using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>What callers without a secret can make the process hold, as the kernel counts it.</summary>
public sealed class StrangersMemoryTests(AzuriteFixture azurite)
{
    private const int Connections = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Only the whole body tells that its signature is wrong, so it has to be kept until then: 640 MB and more if nothing limits it.</summary>
    [Theory(Timeout = Limits.Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ManyLargeForgedBodies_TheProcessStaysSmall(bool chunked)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        var port = LocalHostProcess.FreePort();
        var environment = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = await azurite.NewAccountAsync(),
            ["Sites__initech__Url"] = "https://initech.atlassian.net",
            ["Sites__initech__Scheme"] = "AdminWebhook",
            ["Sites__initech__Secret"] = "a-secret-of-the-test",
        };
        await using var host = await LocalHostProcess.ListeningAsync(port, environment, Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ForgedAsync(port, chunked), Token)));

        Assert.All(answers, answer => Assert.Matches("^HTTP/1.1 (401|503)", answer));
        Assert.InRange(MostMegabytes(host.Process.Id), 1, 600);
        var failures = host.Output.Concat(host.Errors).Where(line => line.StartsWith("fail", StringComparison.Ordinal)).ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static async Task<string> ForgedAsync(int port, bool chunked)
    {
        const int block = 400_000;
        const int blocks = 42;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        var stream = client.GetStream();
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {block * blocks}";
        try
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"POST /api/deliveries/initech HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature: sha256={new string('0', 64)}\r\n{framing}\r\n\r\n"), Token);
            byte[] part = chunked ? [.. Encoding.ASCII.GetBytes($"{block:x}\r\n"), .. new byte[block], .. "\r\n"u8] : new byte[block];
            for (var count = 0; count < blocks; count++) await stream.WriteAsync(part, Token);
            if (chunked) await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), Token);
        }
        catch (IOException)
        {
            // Answered and closed before all was sent.
        }

        var head = new byte[12];
        await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, Token);
        return Encoding.ASCII.GetString(head);
    }

    private static int MostMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
