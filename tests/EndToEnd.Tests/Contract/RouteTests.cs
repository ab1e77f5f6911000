using System.Text.Json;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>Every route, who may call it, and what it says where nothing else does.</summary>
public sealed class RouteTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What takes a key.</summary>
    public static TheoryData<string, string> WithAKey => new()
    {
        { "GET", "/api/health/details" },
        { "GET", "/api/sites" },
        { "GET", "/api/sites/acme" },
        { "PUT", "/api/sites/acme" },
        { "DELETE", "/api/sites/acme" },
        { "POST", "/api/sites/acme/import" },
        { "POST", "/api/sites/acme/secret" },
        { "POST", "/api/sites/acme/disable" },
        { "POST", "/api/sites/acme/enable" },
        { "GET", "/api/sites/acme/plan" },
        { "POST", "/api/sites/acme/refresh" },
        { "POST", "/api/sites/acme/recover" },
        { "GET", "/api/deadletters/default" },
        { "POST", "/api/deadletters/default/redrive" },
        { "POST", "/api/deadletters/default/drop" },
        { "GET", "/api/oauth/start" },
        { "POST", "/admin/functions/RefreshWebhooks" },
        { "POST", "/admin/functions/PollFailedWebhooks" },
    };

    /// <summary>What takes none.</summary>
    public static TheoryData<string, string, int> WithoutAKey => new()
    {
        { "GET", "/api/live", 200 },
        { "GET", "/api/health", 503 },
        { "POST", "/api/deliveries/acme", 401 },
        { "GET", "/api/oauth/callback", 400 },
        { "POST", "/api/oauth/sites", 400 },
    };

    [Fact]
    public void Lists_OfRoutes_HaveEveryFunction() =>
        Assert.Empty(AppRoutes.NotIn([.. WithAKey.Select(row => (row.Data.Item1, row.Data.Item2)), .. WithoutAKey.Select(row => (row.Data.Item1, row.Data.Item2))]));

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(WithAKey))]
    public async Task Route_ThatTakesAKey_Is401WithoutAnd404FromElsewhere(string verb, string path)
    {
        Assert.Equal((401, ""), await AnswerAsync(verb, path));
        Assert.Equal((401, ""), await AnswerAsync(verb, path, ("x-functions-key", "another")));
        Assert.Equal((401, ""), await AnswerAsync(verb, path + "?code=another"));
        Assert.Equal((404, ""), await AnswerAsync(verb, path, ("x-functions-key", world.Key), ("Host", "hooks.example.com")));
        Assert.Equal((404, ""), await AnswerAsync(verb, path, ("x-functions-key", world.Key), ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal((404, ""), await AnswerAsync(verb, path, ("x-functions-key", world.Key), ("Origin", "https://evil.example.com")));
        Assert.Equal((404, ""), await AnswerAsync(verb, path, ("x-functions-key", world.Key), ("Sec-Fetch-Site", "cross-site")));
    }

    [Theory(Timeout = Limits.Hang)]
    [MemberData(nameof(WithoutAKey))]
    public async Task Route_ThatTakesNoKey_AnswersEverybody(string verb, string path, int status)
    {
        Assert.Equal(status, (await AnswerAsync(verb, path)).Status);
        Assert.Equal(status, (await AnswerAsync(verb, path, ("Host", "hooks.example.com"), ("X-Forwarded-For", "203.0.113.7"))).Status);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("POST", "/", 405)]
    [InlineData("GET", "/inspector", 404)]
    [InlineData("GET", "/api", 404)]
    [InlineData("GET", "/admin/functions", 404)]
    [InlineData("POST", "/api/deliveries", 404)]
    [InlineData("POST", "/api/deliveries/acme/more", 404)]
    [InlineData("POST", "/api/health", 405)]
    [InlineData("DELETE", "/api/sites", 405)]
    [InlineData("GET", "/admin/functions/RefreshWebhooks", 405)]
    [InlineData("POST", "/admin/functions/Health", 404)]
    public async Task Route_ThatThereIsNot_IsNotAnswered(string verb, string path, int status) =>
        Assert.Equal(status, (await AnswerAsync(verb, path, ("x-functions-key", world.Key))).Status);

    [Theory(Timeout = Limits.Hang)]
    [InlineData("GET", "/api/deadletters/default")]
    [InlineData("POST", "/api/deadletters/default/redrive")]
    [InlineData("POST", "/api/deadletters/default/drop")]
    public async Task DeadLetters_WithAQueueForPublisher_Are409WithTheSettings(string verb, string path)
    {
        var (status, text) = await AnswerAsync(verb, path, ("x-functions-key", world.Key));

        Assert.Equal(409, status);
        Assert.Equal(
            "No subscriptions are known: dead letters need Publisher=ServiceBus and the setting ServiceBus__Subscriptions.",
            JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Health_WithASiteOfNoUse_IsUnhealthyAndTellsAStrangerNoMore() => Assert.Equal((503, """{"status":"unhealthy"}"""), await AnswerAsync("GET", "/api/health"));

    [Fact(Timeout = Limits.Hang)]
    public async Task HealthDetails_OfEverySite_HaveStateAndReason()
    {
        var details = await world.JsonAsync("/api/health/details");

        Assert.Equal(["healthy", "sites"], details.EnumerateObject().Select(property => property.Name));
        var sites = details.GetProperty("sites").EnumerateArray().ToDictionary(site => site.GetProperty("site").GetString()!);
        Assert.Equal(
            ["site", "state", "reason", "since", "lastDelivery", "lastRefresh", "soonestExpiry", "cursor", "cursorAgeHours", "notice"],
            sites[Acme].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["acme: unhealthy", "globex: unhealthy", "initech: ok", "stark: reconnect_required", "umbrella: unhealthy", "vandelay: unhealthy"],
            sites.Values.Select(site => $"{site.GetProperty("site")}: {site.GetProperty("state")}").Order());
        Assert.Equal(
            "Site umbrella is not usable: Secret is empty or an unresolved Key Vault reference. See the settings Sites__umbrella__….",
            sites[Umbrella].GetProperty("reason").GetString());
    }

    private async Task<(int Status, string Text)> AnswerAsync(string verb, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(verb), path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await world.Stranger.SendAsync(request, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
