using System.Text.Json;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary><c>tests/smoke.sh</c> passes an app that answers right, and no other.</summary>
public sealed class SmokeTests
{
    private static readonly string[] Checks =
    [
        "health", "right signature", "wrong signature", "unknown site",
        "RefreshWebhooks without a key", "RefreshWebhooks", "PollFailedWebhooks without a key", "PollFailedWebhooks",
    ];

    [Fact]
    public async Task Smoke_OfARightApp_PassesWithALinePerCheck()
    {
        await using var app = await FakeApp.StartAsync();

        var run = await SmokeAsync(app, ("SMOKE_DELIVERY", "d-1"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors);
        Assert.Equal(Checks, app.Asked);
        Assert.Equal(Checks, run.Output.Split('\n').Where(line => line.StartsWith("ok: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[1]));
        var (identifier, body) = Assert.Single(app.Accepted);
        Assert.Equal("d-1", identifier);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("d-1", json.RootElement.At("issue.fields").Text("summary"));
        Assert.DoesNotContain(FakeApp.Secret, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeApp.Key, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("right signature", 503, "right signature: POST /api/deliveries/smoke answered 503, expected 200.")]
    [InlineData("wrong signature", 200, "wrong signature: POST /api/deliveries/smoke answered 200, expected 401.")]
    [InlineData("unknown site", 404, "unknown site: POST /api/deliveries/no-such-site answered 404, expected 401.")]
    [InlineData("RefreshWebhooks without a key", 202, "RefreshWebhooks without a key: POST /admin/functions/RefreshWebhooks answered 202, expected 401.")]
    [InlineData("RefreshWebhooks", 404, "RefreshWebhooks: POST /admin/functions/RefreshWebhooks answered 404, expected 202.")]
    [InlineData("PollFailedWebhooks", 500, "PollFailedWebhooks: POST /admin/functions/PollFailedWebhooks answered 500, expected 202.")]
    public async Task Smoke_OfAWrongAnswer_FailsThereAndSaysWhich(string wrong, int status, string sentence)
    {
        await using var app = await FakeApp.StartAsync(wrong, status);

        var run = await SmokeAsync(app);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"FAILED: {sentence}\n", run.Errors);
        Assert.Equal(Checks.TakeWhile(check => check != wrong).Append(wrong), app.Asked);
    }

    [Theory]
    [InlineData("health", 503, "health: GET /api/health answered 503 after 0 s, expected 200.")]
    [InlineData("health text", 0, "health: GET /api/health answered 200 without {\"status\":\"ok\"}.")]
    public async Task Smoke_OfAnUnhealthyApp_FailsBeforeAnyDelivery(string wrong, int status, string sentence)
    {
        await using var app = await FakeApp.StartAsync(wrong, status);

        var run = await SmokeAsync(app);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"FAILED: {sentence}\n", run.Errors);
        Assert.Equal(["health"], app.Asked);
    }

    [Fact]
    public async Task Smoke_WithoutAnApp_FailsAndSaysSo()
    {
        string address;
        await using (var ended = await FakeApp.StartAsync()) address = ended.Address;

        var run = await Script.OfFile("tests/smoke.sh", address).RunAsync(("SMOKE_WAIT", "0"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("FAILED: health: GET /api/health answered nothing after 0 s, expected 200.\n", run.Errors);
    }

    /// <summary>The Functions host on a developer's machine asks for no key.</summary>
    [Fact]
    public async Task Smoke_WithoutAKey_AsksForNone()
    {
        await using var app = await FakeApp.StartAsync(keys: false);

        var run = await SmokeAsync(app, ("FUNCTIONS_KEY", ""));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Errors);
        Assert.Equal(Checks.Where(check => !check.EndsWith("without a key", StringComparison.Ordinal)), app.Asked);
    }

    [Fact]
    public async Task Smoke_WithoutAnAddress_ShowsWhatMustBeSet()
    {
        var run = await Script.OfFile("tests/smoke.sh").RunAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.All(["BASE_URL", "SMOKE_SITE", "SMOKE_SECRET", "FUNCTIONS_KEY"], name => Assert.Contains(name, run.Errors, StringComparison.Ordinal));
    }

    private static Task<Bicep.Run> SmokeAsync(FakeApp app, params (string Name, string Value)[] variables) =>
        Script.OfFile("tests/smoke.sh", app.Address + "/").RunAsync(
            [("FUNCTIONS_KEY", FakeApp.Key), ("SMOKE_SECRET", FakeApp.Secret), ("SMOKE_WAIT", "0"), .. variables]);
}
