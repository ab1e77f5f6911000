using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Support;

/// <summary>A silent web server of a test's own, for what LocalHost calls.</summary>
internal static class LocalServer
{
    /// <summary>Starts one on <paramref name="port"/> with what <paramref name="map"/> gives it.</summary>
    public static async Task<WebApplication> StartAsync(int port, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        var server = builder.Build();
        map(server);
        await server.StartAsync(cancellationToken);
        return server;
    }
}
