using System.ComponentModel;
using System.Diagnostics;
using JiraWebhooks.Sites;
using LocalHost.Npm;
using Testing;

namespace JiraWebhooks.Benchmarks.Load;

/// <summary>Express with jsonwebtoken in a process of its own: <c>Express/server.js</c>. Node runs it on one thread.</summary>
internal static class ExpressServer
{
    private static readonly string Source = Path.Combine(Repository.Root, "benchmarks", "JiraWebhooks.Benchmarks", "Express");

    /// <summary>Starts it; installs its packages first if they are missing.</summary>
    /// <exception cref="RivalMissingException">Node or npm is missing, or npm failed.</exception>
    public static async Task<Rival> StartAsync()
    {
        try
        {
            var folder = await NpmPackages.EnsureAsync(Source, "express", "Installing Express from npm. Once.", Console.Out, CancellationToken.None);
            var start = new ProcessStartInfo("node", [Path.Combine(Source, "server.js")])
            {
                Environment = { ["NODE_PATH"] = Path.Combine(folder, "node_modules"), ["NODE_ENV"] = "production", ["SECRET"] = TestSites.Secret },
            };
            var server = Cores.First(() => MeasuredProcess.Start(start));
            var port = await server.ReadPortAsync();
            return new Rival(server, body =>
            [
                ("d Express, secret text", LoadSubject.Jira(port, "/text", TestSites.Make(SiteScheme.OAuth), body)),
                ("d Express, secret key", LoadSubject.Jira(port, "/key", TestSites.Make(SiteScheme.OAuth), body)),
            ]);
        }
        catch (Exception missing) when (missing is NpmException or Win32Exception)
        {
            throw new RivalMissingException($"Express is not measured: {(missing is NpmException ? missing.Message : "node is missing.")}", missing);
        }
    }
}
