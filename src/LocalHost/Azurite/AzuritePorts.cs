using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LocalHost.Azurite;

/// <summary>The ports of an Azurite that keeps its data. Addresses are kept in messages and by other programs, so the next one listens where the
/// last one did, unless the ports are taken.</summary>
internal sealed class AzuritePorts
{
    /// <summary>What Azurite serves.</summary>
    public static readonly IReadOnlyList<string> Services = ["blob", "queue", "table"];

    private readonly string _file;
    private readonly Dictionary<string, int> _ports;

    private AzuritePorts(string file, Dictionary<string, int> ports) => (_file, _ports) = (file, ports);

    /// <summary>Reads the file; a port that is taken, and a file that is not there or cannot be read, gives none.</summary>
    public static AzuritePorts Load(string file)
    {
        try
        {
            var lines = File.ReadAllLines(file).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2 && Services.Contains(parts[0]));
            var ports = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var parts in lines)
            {
                if (int.TryParse(parts[1], CultureInfo.InvariantCulture, out var port) && !ports.ContainsValue(port) && IsFree(port)) ports[parts[0]] = port;
            }

            return new(file, ports);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(file, []);
        }
    }

    /// <summary>The port of <paramref name="service"/>, or 0 for any.</summary>
    public int Of(string service) => _ports.GetValueOrDefault(service);

    /// <summary>Keeps the ports of <paramref name="services"/> for the next one. That they cannot be kept stops nothing.</summary>
    public void Save(IReadOnlyDictionary<string, Uri> services)
    {
        try
        {
            File.WriteAllLines(_file, services.Select(service => string.Create(CultureInfo.InvariantCulture, $"{service.Key.ToLowerInvariant()}={service.Value.Port}")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk shows at the first save.
        }
    }

    private static bool IsFree(int port)
    {
        if (port is <= 0 or > ushort.MaxValue) return false;

        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
