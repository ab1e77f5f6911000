using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LocalHost.Azurite;

/// <summary>The ports of an Azurite that keeps its data. Messages and other programs store its addresses, so the next Azurite uses the same
/// ports unless they are taken.</summary>
internal sealed class AzuritePorts
{
    /// <summary>The services of Azurite.</summary>
    public static readonly IReadOnlyList<string> Services = ["blob", "queue", "table"];

    private readonly string _file;
    private readonly Dictionary<string, int> _ports;

    private AzuritePorts(string file, Dictionary<string, int> ports) => (_file, _ports) = (file, ports);

    /// <summary>Reads the file. The result has no entry for a port that is taken, and no entries if the file is missing or unreadable.</summary>
    public static AzuritePorts Load(string file) => new(file, Read(file).Where(service => IsFree(service.Value)).ToDictionary(StringComparer.Ordinal));

    /// <summary>Returns the ports in the file by service, also those that are taken; empty if the file is missing or unreadable.</summary>
    public static Dictionary<string, int> Read(string file)
    {
        var ports = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            foreach (var parts in File.ReadAllLines(file).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2 && Services.Contains(parts[0])))
            {
                if (int.TryParse(parts[1], CultureInfo.InvariantCulture, out var port) && !ports.ContainsValue(port)) ports[parts[0]] = port;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then the next Azurite takes other ports.
        }

        return ports;
    }

    /// <summary>Returns the port of <paramref name="service"/>, or 0 for any.</summary>
    public int Of(string service) => _ports.GetValueOrDefault(service);

    /// <summary>Saves the ports of <paramref name="services"/> for the next Azurite. An error is ignored.</summary>
    public void Save(IReadOnlyDictionary<string, Uri> services)
    {
        try
        {
            File.WriteAllLines(_file, services.Select(service => string.Create(CultureInfo.InvariantCulture, $"{service.Key.ToLowerInvariant()}={service.Value.Port}")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // If the disk is full, the first save of data reports it.
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
