using System.Globalization;
using System.Text.Json;

namespace FunctionsApp.Tests;

public sealed class HostFileTests
{
    [Fact]
    [Trait("Decision", "host-json")]
    public void HostFile_BesideTheProject_IsTheOneAtTheRoot() =>
        Assert.Equal(Repository.Read("host.json"), Repository.Read("src/FunctionsApp/host.json"));

    /// <summary>The host holds the body of each running request. What waits is unread, and only what finds no place to wait is refused: with 429,
    /// after which Jira sends a delivery again as after a 503.</summary>
    [Fact]
    public void HostFile_RunsFewRequestsAtOnce_AndLetsABurstWait()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        var http = host.RootElement.GetProperty("extensions").GetProperty("http");

        Assert.Equal(16, http.GetProperty("maxConcurrentRequests").GetInt32());
        Assert.True(http.GetProperty("maxOutstandingRequests").GetInt32() >= 300);
        Assert.False(http.GetProperty("dynamicThrottlesEnabled").GetBoolean());
        Assert.Equal("api", http.GetProperty("routePrefix").GetString());
    }

    [Fact]
    [Trait("Decision", "schedules")]
    public void HostFile_GivesARunMoreTimeThanItTakesItself()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        var timeout = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture);

        Assert.Equal(TimeSpan.FromMinutes(15), timeout);
        Assert.Equal("OpenTelemetry", host.RootElement.GetProperty("telemetryMode").GetString());
    }
}
