using System.Collections.Concurrent;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>What the container makes, and its HTTP client on a real socket.</summary>
public sealed class OAuthRegistrationTests
{
    private static readonly JiraWebhooksOptions Options = new() { PublicBaseUrl = new Uri("https://hooks.example.com"), TokenFolder = Path.GetTempPath() };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task AddSites_NoVault_KeepsGrantsInFiles()
    {
        await using var services = Services(Options);

        Assert.IsType<FileTokenStore>(services.GetRequiredService<ITokenStore>());
        Assert.Same(services.GetRequiredService<OAuthTokenSource>(), services.GetRequiredService<IAccessTokenSource>());
        Assert.NotNull(services.GetRequiredService<GrantStates>());
        Assert.NotNull(services.GetRequiredService<OAuthGrantClient>());
        Assert.NotNull(services.GetRequiredService<GrantWriter>());
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task AddSites_Vault_KeepsGrantsInKeyVault()
    {
        await using var services = Services(Options with { KeyVaultUri = new Uri("https://v.vault.azure.net") });

        Assert.IsType<KeyVaultTokenStore>(services.GetRequiredService<ITokenStore>());
    }

    [Fact]
    public async Task AddStorageClients_Leases_AreTheLeaseTable()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSettings(new ConfigurationBuilder().AddInMemoryCollection([
                new("PublicBaseUrl", "https://hooks.example.com"), new("Publisher", "StorageQueue"), new("AzureWebJobsStorage", "UseDevelopmentStorage=true"),
                .. JiraWebhooks.Hosting.Schedules.Defaults.Select(schedule => KeyValuePair.Create(schedule.Key, (string?)schedule.Value)),
            ]).Build())
            .AddStorageClients()
            .BuildServiceProvider();

        Assert.Same(services.GetRequiredService<LeaseTable>(), services.GetRequiredService<ILeases>());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task HttpClient_Redirected_DoesNotCarryTheSecretThere(int status)
    {
        var paths = new ConcurrentQueue<string>();
        await using var server = await ServerAsync(context =>
        {
            paths.Enqueue(context.Request.Path);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        await using var services = Services(Options with { AtlassianAuthUrl = new Uri(server.Urls.Single()) });

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(services));

        Assert.Equal(status, (int?)error.StatusCode);
        Assert.Equal(["/oauth/token"], paths);
    }

    [Fact]
    public async Task HttpClient_Requests_NameTheAppAndReturnNoCookie()
    {
        var headers = new ConcurrentQueue<(string UserAgent, string Cookie)>();
        await using var server = await ServerAsync(context =>
        {
            headers.Enqueue((context.Request.Headers.UserAgent.ToString(), context.Request.Headers.Cookie.ToString()));
            context.Response.Headers.SetCookie = "session=1; Path=/";
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"access_token":"a","refresh_token":"r","expires_in":3600}""");
        });
        await using var services = Services(Options with { AtlassianAuthUrl = new Uri(server.Urls.Single()) });

        await RefreshAsync(services);
        await RefreshAsync(services);

        Assert.Equal([(UserAgent.Value.ToString(), ""), (UserAgent.Value.ToString(), "")], headers);
    }

    /// <summary>At the finest level of log, on the real pipeline: no token, no secret (docs/jira-behaviour.md#secrecy).</summary>
    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task HttpClient_EverythingLogged_HoldsNothingSecret()
    {
        using var log = new FakeLoggerProvider();
        long? length = null;
        await using var server = await ServerAsync(context =>
        {
            length ??= context.Request.ContentLength;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(
                context.Request.Method == "POST" ? """{"access_token":"leak-access","refresh_token":"leak-refresh","expires_in":3600}""" : """[{"id":"1"}]""");
        });
        var address = new Uri(server.Urls.Single());
        await using var services = Services(Options with { AtlassianAuthUrl = address, AtlassianApiUrl = address }, log);

        var grant = await RefreshAsync(services);
        Assert.Single(await services.GetRequiredService<OAuthGrantClient>().AccessibleResourcesAsync(grant.AccessToken!, Token));

        Assert.NotNull(length);
        Assert.All(log.Collector.GetSnapshot(), entry => Assert.DoesNotContain("leak", entry.Text, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task HttpClient_ConnectionRefused_IsTransient()
    {
        var server = await ServerAsync(_ => Task.CompletedTask);
        var address = new Uri(server.Urls.Single());
        await server.DisposeAsync();
        await using var services = Services(Options with { AtlassianAuthUrl = address });

        await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(services));
    }

    [Theory]
    [InlineData("Shared", "shared")]
    [InlineData(" ", "acme")]
    [InlineData(null, "acme")]
    public void ConfiguredSites_Grant_IsASlug(string? setting, string grant)
    {
        var site = Find(setting);

        Assert.Equal(grant, site!.Grant);
        Assert.Null(site.Problem);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a b")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public void ConfiguredSites_GrantThatIsNoSlug_IsAProblem(string setting) =>
        Assert.Contains("Grant must be", Find(setting)!.Problem, StringComparison.Ordinal);

    private static Site? Find(string? grant) => new ConfiguredSites(
        new ConfigurationBuilder().AddInMemoryCollection([
            new("Sites:acme:Url", "https://acme.atlassian.net"),
            new("Sites:acme:Scheme", "OAuth"),
            new("Sites:acme:CloudId", "0a1b2c3d-1111-2222-3333-444455556666"),
            new("Sites:acme:ClientId", "c"),
            new("Sites:acme:Secret", "s"),
            new("Sites:acme:Grant", grant),
        ]).Build(),
        Options).Find("acme");

    private static Task<OAuthGrant> RefreshAsync(ServiceProvider services) => services.GetRequiredService<OAuthGrantClient>().RefreshAsync(
        StubSites.OAuth with { Secret = SiteSecret.From("leak-secret") }, "leak-old", Token);

    private static ServiceProvider Services(JiraWebhooksOptions options, ILoggerProvider? log = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace);
            if (log is not null) logging.AddProvider(log);
        });
        services.AddSingleton(TimeProvider.System).AddSingleton(options).AddSingleton<ILeases>(new MemoryLeases(TimeProvider.System));
        return services.AddSites(new ConfigurationBuilder().Build()).AddOAuth().BuildServiceProvider();
    }

    private static async Task<WebApplication> ServerAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }
}
