using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace LocalHost.Azurite;

/// <summary>A real Azurite as a child process on its own ports. It ends with this process, even if this process is killed. With a folder, it
/// answers a change after the change is in a file.</summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5); // for a busy machine; usually three seconds

    // Longer than the time that host.cjs gives Azurite to save.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(25);

    private readonly Process _process;
    private readonly DataFolder? _data;
    private readonly Dictionary<string, Uri> _services;
    private readonly TaskCompletionSource<string> _saveFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(Process process, DataFolder? data, Dictionary<string, Uri> services)
    {
        _process = process;
        _data = data;
        _services = services;
        Ended = process.WaitForExitAsync();
        _ = ListenAsync(process.StandardOutput);
    }

    /// <summary>Completes when the process ends, for any reason.</summary>
    public Task Ended { get; }

    /// <summary>Completes if Azurite could not save, with the reason. From then on Azurite rejects all changes.</summary>
    public Task<string> SaveFailed => _saveFailed.Task;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts Azurite, and installs it if it is missing.</summary>
    /// <param name="location">Folder that keeps the data, for one Azurite at a time; null keeps it in memory.</param>
    /// <param name="accounts">Names of the accounts to serve; they are separate from each other.</param>
    /// <param name="log">Receives the one line about an installation.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="AzuriteException">It could not be installed or started.</exception>
    public static async Task<AzuriteProcess> StartAsync(string? location, IReadOnlyList<string> accounts, TextWriter log, CancellationToken cancellationToken)
    {
        var main = await AzuriteInstall.EnsureAsync(log, cancellationToken);
        var data = location is null ? null : await DataFolder.TakeAsync(location, cancellationToken);
        Process? process = null;
        try
        {
            process = Start(main, location, accounts, data);
            var services = await ServicesAsync(process, cancellationToken);
            data?.Ports.Save(services);
            return new AzuriteProcess(process, data, services);
        }
        catch
        {
            process?.Kill(entireProcessTree: true);
            process?.Dispose();
            data?.Dispose();
            throw;
        }
    }

    /// <summary>Returns the connection string of one of the accounts.</summary>
    public string ConnectionString(string account) => ConnectionString(account, _services);

    /// <summary>Returns the connection string of the Azurite of another process that keeps its data in <paramref name="location"/>; null if none
    /// runs.</summary>
    public static async Task<string?> FindAsync(string location, string account, CancellationToken cancellationToken)
    {
        var ports = AzuritePorts.Read(DataFolder.PortsIn(location));
        return ports.Count == AzuritePorts.Services.Count && await StandardAzurite.AcceptAsync(ports.Values, cancellationToken)
            ? ConnectionString(account, ports.ToDictionary(service => char.ToUpperInvariant(service.Key[0]) + service.Key[1..], service => new Uri($"http://127.0.0.1:{service.Value}")))
            : null;
    }

    private static string ConnectionString(string account, IReadOnlyDictionary<string, Uri> services) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key(account)};"
        + string.Concat(services.Select(service => $"{service.Key}Endpoint={service.Value.AbsoluteUri.TrimEnd('/')}/{account};"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await Ended.WaitAsync(EndLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _data?.Dispose();
    }

    private static Process Start(string main, string? location, IReadOnlyList<string> accounts, DataFolder? data)
    {
        var start = new ProcessStartInfo("node", Arguments(location, data?.Ports))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_MAIN"] = main;
        start.Environment["AZURITE_RUNNING"] = data?.Running;
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', accounts.Select(account => $"{account}:{Key(account)}"));
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new AzuriteException("node is missing: install Node.js 20 or later (https://nodejs.org), or set AzureWebJobsStorage to your own storage.", missing);
        }
    }

    private static List<string> Arguments(string? location, AzuritePorts? ports)
    {
        List<string> arguments = [Path.Combine(AppContext.BaseDirectory, "Azurite", "host.cjs")];
        foreach (var service in AzuritePorts.Services) arguments.AddRange([$"--{service}Host", "127.0.0.1", $"--{service}Port", $"{ports?.Of(service) ?? 0}"]);

        // The storage SDKs use a newer API version than Azurite knows.
        arguments.AddRange(["--skipApiVersionCheck", "--disableTelemetry"]);
        arguments.AddRange(location is null ? ["--inMemoryPersistence"] : ["--location", location]);
        return arguments;
    }

    private static async Task<Dictionary<string, Uri>> ServicesAsync(Process process, CancellationToken cancellationToken)
    {
        var services = new Dictionary<string, Uri>(StringComparer.Ordinal);
        using var time = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            while (services.Count < AzuritePorts.Services.Count)
            {
                var line = await process.StandardOutput.ReadLineAsync(limit.Token)
                    ?? throw new AzuriteException("Azurite stopped immediately: " + (await process.StandardError.ReadToEndAsync(limit.Token)).Trim().Split('\n')[0]);
                if (Listening().Match(line) is { Success: true } match) services[match.Groups["service"].Value] = new Uri(match.Groups["url"].Value);
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException($"Azurite did not start within {StartLimit.TotalMinutes:0} minutes: try again, or set AzureWebJobsStorage to your own storage.", late);
        }

        // A full pipe would block Azurite.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return services;
    }

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (Failed().Match(line) is { Success: true } match) _saveFailed.TrySetResult(match.Groups["reason"].Value);
        }
    }

    // A key for the emulator only: it protects nothing.
    private static string Key(string account) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"azurite-key-of-{account}".PadRight(64, '.')));

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service (is )?successfully listen(ing|s) (at|on) (?<url>http://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"^Azurite could not save: (?<reason>.+)$")]
    private static partial Regex Failed();
}
