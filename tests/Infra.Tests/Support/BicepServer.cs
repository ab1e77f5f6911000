using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Infra.Tests.Support;

/// <summary>One compiler process for all snapshots: its first answer takes seconds, those after it tenths. It speaks JSON-RPC with the
/// headers of the Language Server Protocol
/// (<see href="https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli#jsonrpc"/>).</summary>
internal static class BicepServer
{
    private static readonly SemaphoreSlim Turn = new(1);
    private static readonly Lazy<Process> Server = new(Start);
    private static int _id;

    /// <summary>The answer to <paramref name="method"/>: an object with <c>result</c> or <c>error</c>.</summary>
    public static async Task<JsonElement> CallAsync(string method, object parameters)
    {
        await Turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new { jsonrpc = "2.0", id = ++_id, method, @params = new[] { parameters } });
            var input = Server.Value.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"));
            await input.WriteAsync(body);
            await input.FlushAsync();
            return await ReadAsync(Server.Value.StandardOutput.BaseStream);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<JsonElement> ReadAsync(Stream output)
    {
        var length = 0;
        while (await LineAsync(output) is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(header["Content-Length:".Length..], CultureInfo.InvariantCulture);
            }
        }

        var body = new byte[length];
        await output.ReadExactlyAsync(body);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.Clone();
    }

    private static async Task<string> LineAsync(Stream output)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await output.ReadAsync(one) == 1 && one[0] != '\n')
        {
            if (one[0] != '\r') line.Append((char)one[0]);
        }

        return line.ToString();
    }

    private static Process Start()
    {
        var start = Bicep.StartInfo(Repository.Root, "jsonrpc", "--stdio");
        start.RedirectStandardInput = true;
        start.RedirectStandardError = false;
        var process = Process.Start(start)!;

        // It ends with its input, and so with this process; the handler only makes it quick.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.Kill();
        return process;
    }
}
