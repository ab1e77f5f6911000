using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Sends one prepared request repeatedly on raw sockets: each connection sends the next request after the last response, without
/// pipelining. One thread polls all connections, because the client shares the machine with the measured server.</summary>
internal sealed class LoadClient(int port, string path, byte[] body, params IEnumerable<(string Name, string Value)> headers)
{
    /// <summary>Stands in a header for an identifier of this length that is different in each request.</summary>
    public const string Identifier = "0123456789abcdef0123456789abcdef";

    private readonly byte[] _request =
    [
        .. Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {body.Length}\r\n"
            + string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n")) + "\r\n"),
        .. body,
    ];

    /// <summary>Sends one request and returns the milliseconds until its answer.</summary>
    public double First()
    {
        using var connection = new LoadConnection(port, _request);
        connection.Send();
        while (true)
        {
            if (connection.IsSending) connection.Send();
            else if (connection.Socket.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead) && connection.Receive() is { } latency) return Milliseconds(latency);
        }
    }

    /// <summary>Runs one round over <paramref name="connections"/> connections.</summary>
    public LoadResult Run(int connections, TimeSpan duration, MeasuredProcess server)
    {
        var open = Enumerable.Range(0, connections).Select(_ => new LoadConnection(port, _request)).ToDictionary(connection => connection.Socket);
        try
        {
            var (processor, allocated) = (server.ProcessorTime(), server.Allocated());
            var latencies = new List<long>(1_000_000);
            var started = Stopwatch.GetTimestamp();
            var until = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < until) Poll(open, latencies);

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            (processor, allocated) = (server.ProcessorTime() - processor, server.Allocated() - allocated);
            latencies.Sort();
            return new LoadResult(
                latencies.Count / seconds,
                Milliseconds(latencies[latencies.Count / 2]),
                Milliseconds(latencies[(int)(latencies.Count * 0.99)]),
                processor.TotalMicroseconds / latencies.Count,
                allocated / (double)latencies.Count);
        }
        finally
        {
            foreach (var connection in open.Values) connection.Dispose();
        }
    }

    private static double Milliseconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalMilliseconds;

    private static void Poll(Dictionary<Socket, LoadConnection> open, List<long> latencies)
    {
        var readable = new List<Socket>(open.Count);
        var writable = new List<Socket>();
        foreach (var connection in open.Values) (connection.IsSending ? writable : readable).Add(connection.Socket);

        Socket.Select(readable, writable, null, TimeSpan.FromSeconds(1));
        foreach (var socket in writable) open[socket].Send();
        foreach (var socket in readable)
        {
            if (open[socket].Receive() is { } latency) latencies.Add(latency);
        }
    }
}

/// <summary>The result of a round, the last two per request. On a shared machine, the processor time varies less than the speed.</summary>
internal readonly record struct LoadResult(double PerSecond, double P50Milliseconds, double P99Milliseconds, double ServerMicroseconds, double? Allocated);
