using System.Net;
using System.Net.Sockets;

namespace ServiceBusSimulator.Amqp;

/// <summary>A port on loopback that one bus alone listens on, until this is disposed. The library's listener shares a port that is in use, so that two
/// buses that start at once would both have it, and a client would be connected to either. What makes it one bus's own is the UDP socket of the same
/// number, which is not shared, and which the system takes back when the process ends.</summary>
internal sealed class PortClaim : IDisposable
{
    private const int MostTries = 100;

    private readonly Socket _claim;

    private PortClaim(int port)
    {
        _claim = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _claim.Bind(new IPEndPoint(IPAddress.Loopback, port));
            Port = ((IPEndPoint)_claim.LocalEndPoint!).Port;

            // Another program may listen there.
            using var probe = new TcpListener(IPAddress.Loopback, Port);
            probe.Start();
        }
        catch
        {
            _claim.Dispose();
            throw;
        }
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Takes a port; 0 takes a free one.</summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static PortClaim Take(int port)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new PortClaim(port);
            }
            catch (SocketException notFree) when (port == 0 && tries < MostTries && notFree.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // The number was free for UDP and is not for TCP: the next one. Windows denies access to numbers that it reserves.
            }
        }
    }

    public void Dispose() => _claim.Dispose();
}
