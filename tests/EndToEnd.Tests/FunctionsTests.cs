using System.Net;
using System.Reflection;
using System.Text.Json;
using EndToEnd.Tests.Support;
using JiraWebhooks.Hosting;
using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

/// <summary>LocalHost has the functions of the Functions app: what it serves is set against <c>functions.metadata</c>, which the build of
/// FunctionsApp generates for the Functions host.</summary>
public sealed class FunctionsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly IReadOnlyList<AppFunction> Generated = AppFunction.ReadAll();

    private readonly HttpClient _http = new();
    private WebApplication _app = null!;
    private FunctionKey _key = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> WithALevel => [.. Generated.Where(function => function.Level is not (null or "Anonymous")).Select(function => (function.Verbs, function.Path))];

    public static TheoryData<string> Timers => [.. Generated.Where(function => function.Schedule is not null).Select(function => function.Name)];

    public async ValueTask InitializeAsync()
    {
        var options = new LocalAppOptions(LocalHostProcess.FreePort(), new ConfigurationBuilder().AddInMemoryCollection().Build(), await azurite.NewAccountAsync())
        {
            Schedules = false,
            LogLevel = LogLevel.None,
        };
        _app = LocalApp.Build(options);
        await LocalApp.StartAsync(_app, options.Port, Token);
        (_http.BaseAddress, _key) = (options.BaseUrl, options.Key);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact(Timeout = Limits.Hang)]
    public void Functions_OfThisHost_EqualTheGeneratedMetadata()
    {
        var mapped = ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<LocalFunction>() is not null)
            .Select(endpoint => (Function: endpoint.Metadata.GetMetadata<LocalFunction>()!,
                Verbs: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, endpoint.RoutePattern.RawText))
            .Select(mapped => new AppFunction(mapped.Function.Name, string.Join(',', mapped.Verbs), mapped.RawText!, mapped.Function.Http!.AuthLevel.ToString(), null));
        var timers = _app.Services.GetRequiredService<TimerService>().All.Select(timer => new AppFunction(timer.Name, null!, null!, null, timer.Timer!.Schedule));

        Assert.NotEmpty(Generated);
        Assert.Equal(Generated.OrderBy(function => function.Name), mapped.Concat(timers).OrderBy(function => function.Name));
    }

    /// <summary>A schedule of no default would leave a timer of this host without one.</summary>
    [Fact]
    public void Schedules_OfTheFunctions_HaveADefaultHere() =>
        Assert.Equal(Schedules.Defaults.Keys.Select(name => $"%{name}%").Order(), Generated.Select(function => function.Schedule).OfType<string>().Order());

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(WithALevel))]
    public async Task Request_WithoutTheKeyOrWithAnother_Is401(string verb, string path)
    {
        var url = path.Replace("{site}", "acme", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(verb, url, header: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(verb, url, FunctionKey.New().Value));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(verb, $"{url}?code={FunctionKey.New().Value}", header: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(verb, $"{url}?code={_key.Value}", header: ""));
    }

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(Timers))]
    public async Task Timer_RunByHand_NeedsTheKey(string name)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("POST", $"/admin/functions/{name}", header: null));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync("POST", $"/admin/functions/{name}", _key.Value));
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync("POST", $"/admin/functions/{name}?code={_key.Value}", header: null));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Start_OfOnboarding_TakesTheKeyFromTheAddress() =>
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync("GET", $"/api/oauth/start?code={_key.Value}", header: null));

    [Fact(Timeout = Limits.Hang)]
    public void Services_ThatStart_AreNotOfTheWorker()
    {
        var started = _app.Services.GetServices<IHostedService>().Select(service => service.GetType().FullName!).ToList();

        Assert.Contains(started, name => name.StartsWith("JiraWebhooks.", StringComparison.Ordinal));
        Assert.DoesNotContain(started, name => name.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal));
    }

    /// <summary>The build takes the code of FunctionsApp and leaves what is for the Functions host.</summary>
    [Fact]
    public void Output_OfLocalHost_HasNoFilesOfTheFunctionsHost()
    {
        var folder = typeof(FunctionsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "LocalHostOutput").Value!;

        Assert.True(File.Exists(Path.Combine(folder, "FunctionsApp.dll")));
        foreach (var name in new[] { "host.json", "local.settings.json", "functions.metadata", "worker.config.json", "extensions.json", "FunctionsApp.runtimeconfig.json" })
        {
            Assert.False(File.Exists(Path.Combine(folder, name)), name);
        }
    }

    [Fact]
    public void Prefix_OfTheRoutes_IsThatOfHostJson()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

        Assert.Equal(FunctionRoutes.Prefix, "/" + host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }

    private async Task<HttpStatusCode> StatusAsync(string verb, string path, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(verb), path);
        if (header is not null) request.Headers.TryAddWithoutValidation(FunctionKey.Header, header);
        using var response = await _http.SendAsync(request, Token);
        return response.StatusCode;
    }
}
