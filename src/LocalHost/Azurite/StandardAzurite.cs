using System.Net;
using System.Net.Sockets;

namespace LocalHost.Azurite;

/// <summary>The Azurite that <c>UseDevelopmentStorage=true</c> means: on this machine, at its usual ports.</summary>
internal static class StandardAzurite
{
    /// <summary>The connection string that means it.</summary>
    public const string ConnectionString = "UseDevelopmentStorage=true";

    // https://learn.microsoft.com/azure/storage/common/storage-use-azurite: blob, queue and table service.
    private static readonly int[] Ports = [10000, 10001, 10002];

    /// <summary>True if its three services accept connections.</summary>
    public static Task<bool> IsRunningAsync(CancellationToken cancellationToken) => AcceptAsync(Ports, cancellationToken);

    /// <summary>True if all <paramref name="ports"/> of this machine accept connections.</summary>
    public static async Task<bool> AcceptAsync(IEnumerable<int> ports, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var port in ports)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
