using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using LocalHost.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>The few calls of Key Vault's REST contract that the store makes, on loopback
/// (<see href="https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups"/>): challenge, get, list, set, delete, recover. It shows what we send
/// and what we make of the answers; how Key Vault itself behaves it cannot show.</summary>
internal sealed class VaultImitation : IAsyncDisposable
{
    public static readonly Uri VaultUri = new("https://imitation.vault.azure.net");

    private readonly WebApplication _app;
    private readonly Dictionary<string, List<JsonObject>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<JsonObject>> _deleted = new(StringComparer.OrdinalIgnoreCase);

    private VaultImitation(WebApplication app) => _app = app;

    /// <summary>Method and path of each request that carried a token.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Status and error code that answer the next requests of a method.</summary>
    public ConcurrentQueue<(string Method, int Status, string Code)> Failures { get; } = new();

    public IReadOnlyList<JsonObject> Versions(string name) => _secrets[name];

    public static async Task<VaultImitation> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vault = new VaultImitation(app);
        app.Run(vault.AnswerAsync);
        await app.StartAsync();
        return vault;
    }

    /// <summary>The real client, its requests turned to loopback and counted on <paramref name="clock"/>.</summary>
    public SecretClient Client(SimulatedClock clock)
    {
        var address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var options = new SecretClientOptions { DisableChallengeResourceVerification = true };
        options.Transport = new HttpClientTransport(new HttpClient(new Detour(address)));
        options.AddPolicy(new CountingPolicy(clock), HttpPipelinePosition.PerCall);
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        return new SecretClient(VaultUri, new FixedCredential(), options);
    }

    /// <summary>As a person in the portal does.</summary>
    public void Delete(string name)
    {
        _deleted[name] = _secrets[name];
        _secrets.Remove(name);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer vault-token")
        {
            context.Response.Headers.WWWAuthenticate =
                "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\"";
            await ErrorAsync(context, 401, "Unauthorized");
            return;
        }

        var path = context.Request.Path.Value!.Trim('/').Split('/');
        Requests.Enqueue($"{context.Request.Method} {string.Join('/', path)}");
        if (Failures.TryPeek(out var failure) && failure.Method == context.Request.Method && Failures.TryDequeue(out failure))
        {
            await ErrorAsync(context, failure.Status, failure.Code);
            return;
        }

        var answer = (context.Request.Method, path) switch
        {
            ("GET", ["secrets"]) => ListAsync(context),
            ("GET", ["secrets", var name]) => GetAsync(context, name, null),
            ("GET", ["secrets", var name, var version]) => GetAsync(context, name, version),
            ("PUT", ["secrets", var name]) => SetAsync(context, name),
            ("DELETE", ["secrets", var name]) => DeleteAsync(context, name),
            ("POST", ["deletedsecrets", var name, "recover"]) => RecoverAsync(context, name),
            _ => ErrorAsync(context, 400, "BadParameter"),
        };
        await answer;
    }

    private Task GetAsync(HttpContext context, string name, string? version) =>
        _secrets.TryGetValue(name, out var versions) && versions.FindLast(secret => version is null || $"{secret["id"]}".EndsWith($"/{version}", StringComparison.Ordinal)) is { } found
        ? context.Response.WriteAsync(found.ToJsonString())
        : ErrorAsync(context, 404, "SecretNotFound");

    // Pages of two, so that the list is never had in one call.
    private Task ListAsync(HttpContext context)
    {
        var skip = int.Parse(context.Request.Query["$skiptoken"].ToString() is { Length: > 0 } from ? from : "0", System.Globalization.CultureInfo.InvariantCulture);
        var page = _secrets.Keys.Order(StringComparer.Ordinal).Skip(skip).Take(2).Select(name => new JsonObject { ["id"] = $"{VaultUri}secrets/{name}", ["attributes"] = new JsonObject { ["enabled"] = true } });
        return context.Response.WriteAsync(new JsonObject
        {
            ["value"] = new JsonArray([.. page]),
            ["nextLink"] = skip + 2 < _secrets.Count ? $"{VaultUri}secrets?api-version=7.5&$skiptoken={skip + 2}" : null,
        }.ToJsonString());
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        if (_deleted.ContainsKey(name))
        {
            await ErrorAsync(context, 409, "Conflict", "ObjectIsDeletedButRecoverable");
            return;
        }

        var secret = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        secret["id"] = $"{VaultUri}secrets/{name}/{Guid.NewGuid():N}";
        secret["attributes"] = new JsonObject { ["enabled"] = true };
        if (!_secrets.TryGetValue(name, out var versions)) _secrets[name] = versions = [];
        versions.Add(secret);
        await context.Response.WriteAsync(secret.ToJsonString());
    }

    private Task DeleteAsync(HttpContext context, string name)
    {
        if (!_secrets.TryGetValue(name, out var versions)) return ErrorAsync(context, 404, "SecretNotFound");

        Delete(name);
        return context.Response.WriteAsync(versions[^1].ToJsonString());
    }

    // Key Vault answers at once and the secret comes back a little later.
    private async Task RecoverAsync(HttpContext context, string name)
    {
        var versions = _deleted[name];
        Failures.Enqueue(("GET", 404, "SecretNotFound"));
        _deleted.Remove(name);
        _secrets[name] = versions;
        await context.Response.WriteAsync(versions[^1].ToJsonString());
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string? inner = null)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { code, message = code, innererror = inner is null ? null : new { code = inner } } }));
    }

    private sealed class Detour(Uri address) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal(VaultUri.Host, request.RequestUri!.Host);
            request.RequestUri = new Uri(address, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://vault.azure.net/.default"], requestContext.Scopes);
            return new("vault-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
