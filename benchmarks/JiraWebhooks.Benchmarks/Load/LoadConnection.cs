using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>One connection with at most one request at a time.</summary>
internal sealed class LoadConnection : IDisposable
{
    private static long _requests;

    private readonly byte[] _request;
    private readonly int _identifier;
    private readonly byte[] _answer = new byte[4 * 1024];
    private int _sent;
    private int _received;
    private long _started;

    public LoadConnection(int port, byte[] request)
    {
        _request = [.. request];
        _identifier = request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(LoadClient.Identifier));
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(IPAddress.Loopback, port);
        Socket.Blocking = false;
    }

    public Socket Socket { get; }

    /// <summary>True while a part of the request is not sent yet.</summary>
    public bool IsSending => _sent < _request.Length;

    /// <summary>Sends as much as the socket accepts.</summary>
    public void Send()
    {
        if (_sent == 0) Begin();
        var sent = Socket.Send(_request.AsSpan(_sent), SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) throw new SocketException((int)error);

        _sent += sent;
    }

    /// <summary>Reads the available data. When the response is complete, returns the latency and sends the next request.</summary>
    public long? Receive()
    {
        var read = Socket.Receive(_answer.AsSpan(_received));
        if (read == 0) throw new InvalidOperationException("The server closed the connection.");

        _received += read;
        var answer = _answer.AsSpan(0, _received);
        if (!answer.EndsWith("\r\n\r\n"u8)) return null; // all measured responses have an empty body
        if (!answer.StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException($"Not a 200: {Encoding.ASCII.GetString(answer)}");

        var latency = Stopwatch.GetTimestamp() - _started;
        (_sent, _received) = (0, 0);
        Send();
        return latency;
    }

    private void Begin()
    {
        // Of the process, then of the request: no two runs send the same identifier.
        if (_identifier >= 0) Encoding.ASCII.GetBytes($"{Environment.ProcessId:x8}{Interlocked.Increment(ref _requests):x24}", _request.AsSpan(_identifier));
        _started = Stopwatch.GetTimestamp();
    }

    public void Dispose() => Socket.Dispose();
}
