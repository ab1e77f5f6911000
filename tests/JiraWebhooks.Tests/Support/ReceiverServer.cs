using System.Net;
using System.Net.Sockets;
using System.Text;
using JiraWebhooks.Deliveries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>The receiver on a real Kestrel, for what only the wire shows.</summary>
internal sealed class ReceiverServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ReceiverServer(ReceiverHarness harness)
    {
        Harness = harness;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new FakeLoggerProvider(ServerLog));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/api/" + DeliveryReceiver.Route, (HttpContext context, string site) => harness.Receiver.ReceiveAsync(context, site));
    }

    public ReceiverHarness Harness { get; }

    /// <summary>What the server itself logs.</summary>
    public FakeLogCollector ServerLog { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ReceiverServer> StartAsync(ReceiverHarness? harness = null)
    {
        var server = new ReceiverServer(harness ?? new ReceiverHarness());
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Sends bytes as they are and reads until the answer's head is complete, or the server closes.</summary>
    public async Task<string> SendRawAsync(params ReadOnlyMemory<byte>[] parts)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        var stream = client.GetStream();
        var reading = ReadAsync(stream);
        try
        {
            foreach (var part in parts) await stream.WriteAsync(part);
        }
        catch (IOException)
        {
            // The server may answer and close before it has read everything.
        }

        return await reading;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var received = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (!received.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer) is > 0 and var read)
            {
                received.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Closed by the server; what came before counts.
        }

        return received.ToString();
    }
}
