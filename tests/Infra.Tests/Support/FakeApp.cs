using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Infra.Tests.Support;

/// <summary>Answers on a free port as the app does, with a site <c>smoke</c>, but for one wrong answer.</summary>
internal sealed class FakeApp : IAsyncDisposable
{
    public const string Secret = "the-secret-of-the-site";
    public const string Key = "the-master-key";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _asked = new();

    private FakeApp(WebApplication app) => _app = app;

    /// <summary>What was asked, in order: the names of the script's checks.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The deliveries that were accepted: identifier and body.</summary>
    public ConcurrentQueue<(string? Identifier, string Body)> Accepted { get; } = new();

    public string Address => _app.Urls.Single();

    /// <param name="wrong">The check that gets <paramref name="status"/> instead of its right answer.</param>
    /// <param name="status">The wrong answer's status.</param>
    /// <param name="keys">False answers the timers as the Functions host on this machine does, which asks for no key.</param>
    public static async Task<FakeApp> StartAsync(string? wrong = null, int status = 0, bool keys = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = new FakeApp(builder.Build());
        app._app.Run(async context =>
        {
            var (check, right) = await app.CheckAsync(context.Request, keys);
            app._asked.Enqueue(check);
            context.Response.StatusCode = check == wrong ? status : right;
            if (check == "health") await context.Response.WriteAsJsonAsync(new { status = context.Response.StatusCode == 200 && wrong != "health text" ? "ok" : "unhealthy" });
        });
        await app._app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<(string Check, int Status)> CheckAsync(HttpRequest request, bool keys)
    {
        var path = $"{request.Method} {request.Path}";
        if (path == "GET /api/health") return ("health", 200);

        if (path.StartsWith("POST /admin/functions/", StringComparison.Ordinal))
        {
            var key = request.Headers["x-functions-key"].ToString();
            var name = request.Path.Value!.Split('/')[^1];
            return key == Key || (!keys && key == "") ? (name, 202) : ($"{name} without a key", 401);
        }

        using var reader = new MemoryStream();
        await request.Body.CopyToAsync(reader);
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), reader.ToArray()));
        var authentic = request.Headers["X-Hub-Signature"] == signature;
        if (path != "POST /api/deliveries/smoke") return (authentic ? "unknown site" : path, 401);
        if (!authentic) return ("wrong signature", 401);

        Accepted.Enqueue((request.Headers["X-Atlassian-Webhook-Identifier"], Encoding.UTF8.GetString(reader.ToArray())));
        return ("right signature", 200);
    }
}
