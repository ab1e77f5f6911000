using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Testing.Attacks;

/// <summary>Requests as bytes, so that nothing between test and server corrects them.</summary>
internal static partial class Wire
{
    /// <summary>The body of most rows.</summary>
    public static readonly byte[] Body = """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"SHOP-2"}}"""u8.ToArray();

    private const long MostRepeats = 1000;

    /// <summary>A delivery with its length.</summary>
    public static byte[] Post(string path, byte[] body, params (string Name, string Value)[] headers) =>
        [.. Head($"POST {path} HTTP/1.1", [.. headers, ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture))]), .. body];

    /// <summary>A request line and headers, with those that every request has.</summary>
    public static byte[] Head(string line, params (string Name, string Value)[] headers)
    {
        var text = new StringBuilder(line).Append("\r\n");
        if (!headers.Any(header => header.Name == "Host")) text.Append("Host: hooks.example.com\r\n");
        if (!headers.Any(header => header.Name == "Content-Type")) text.Append("Content-Type: application/json\r\n");
        text.Append("Connection: close\r\nX-Atlassian-Webhook-Identifier: attack-1\r\n");
        foreach (var (name, value) in headers) text.Append($"{name}: {value}\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Sends the row, and returns the statuses of all responses, or 0 if there is none.</summary>
    public static async Task<IReadOnlyList<int>> SendAsync(Attack attack, int port, string? header, CancellationToken cancellationToken)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", port, cancellationToken);
        var stream = connection.GetStream();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = WriteAsync(stream, attack, header is null ? attack.Request : WithHeader(attack.Request, header), ended.Token);
        var reply = await ReadAsync(stream, cancellationToken);
        await ended.CancelAsync();
        await sending;
        return Statuses(reply);
    }

    private static async Task WriteAsync(NetworkStream stream, Attack attack, byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(request, cancellationToken);
            for (var count = 0; attack.Rest.Length > 0 && count < MostRepeats; count++) await stream.WriteAsync(attack.Rest, cancellationToken);
            if (!attack.StaysOpen) stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server has answered and closed.
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var all = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read) all.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The server closes at once what it has not read to its end.
        }

        return all.ToString();
    }

    private static byte[] WithHeader(byte[] request, string header)
    {
        var end = request.AsSpan().IndexOf("\r\n"u8);
        return end < 0 ? request : [.. request[..(end + 2)], .. Encoding.Latin1.GetBytes(header + "\r\n"), .. request[(end + 2)..]];
    }

    private static List<int> Statuses(string reply)
    {
        var all = StatusLine().Matches(reply).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        return all.Count > 0 ? all : [0];
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ")]
    private static partial Regex StatusLine();
}
