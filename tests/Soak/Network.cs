using System.Net.Sockets;
using System.Text;
using LocalHost.Simulation;

namespace Soak;

/// <summary>The network between Jira and the hosts: a request goes to one of those that run, and now and then it breaks in the middle of its body or is
/// slow. One delivery in eight of the site that can read its failed list never arrives, so that Jira gives up on it.</summary>
internal sealed class Network(Hosts hosts, TimeProvider clock) : DelegatingHandler(new SocketsHttpHandler())
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private int _cuts;
    private int _slow;
    private int _next;

    /// <summary>Requests that were cut.</summary>
    public int Cut { get; private set; }

    public void CutNext(int requests) => Interlocked.Add(ref _cuts, requests);

    public void SlowNext(int requests) => Interlocked.Add(ref _slow, requests);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsUnreachable(request)) throw new HttpRequestException("This delivery never arrives.");

        var running = hosts.Running;
        if (running.Count == 0) throw new HttpRequestException("No host runs.");

        var port = running[Math.Abs(Interlocked.Increment(ref _next)) % running.Count];
        request.RequestUri = new UriBuilder(request.RequestUri!) { Port = port }.Uri;
        if (Take(ref _cuts)) await CutAsync(request, port, cancellationToken);
        if (Take(ref _slow)) await Task.Delay(Pause, clock, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }

    // Half of the body, then the end of the connection.
    private async Task CutAsync(HttpRequestMessage request, int port, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var head = new StringBuilder($"POST {request.RequestUri!.PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, values) in request.Headers.Concat(request.Content.Headers.Where(header => header.Key != "Content-Length"))) head.Append($"{name}: {string.Join(", ", values)}\r\n");

        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync("127.0.0.1", port, cancellationToken);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"), cancellationToken);
            await connection.GetStream().WriteAsync(body.AsMemory(0, body.Length / 2), cancellationToken);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // The host has just ended.
        }

        Cut++;
        throw new HttpRequestException("The connection was cut.");
    }

    private static bool IsUnreachable(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.EndsWith($"/{SimulatedSites.Connect}", StringComparison.Ordinal)
        && request.Headers.GetValues("X-Atlassian-Webhook-Identifier").Single()[^1] is '0' or '1';

    private static bool Take(ref int left)
    {
        if (Volatile.Read(ref left) <= 0) return false;

        return Interlocked.Decrement(ref left) >= 0;
    }
}
