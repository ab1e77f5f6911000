using JiraWebhooks.Deliveries;
using JiraWebhooks.Health;
using JiraWebhooks.Runs;
using JiraWebhooks.Sites;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Tests.Health;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Sites;

/// <summary>The app stops, the tables are lost, it starts again: what Jira sends for the sites that were added is no stranger's, and a 401 would
/// lose it for good.</summary>
[Collection<Clocked>]
public sealed class LostTableTests : IAsyncLifetime
{
    private World _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.OnboardBrowsers();
        _world.Forget(World.Globex);
        await ConnectAsync();
        await ImportAsync();
        Assert.Equal([1, 1], (await _world.RefreshAsync()).Where(result => result.Site != World.Initech).Select(result => result.Registered));
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(World.Acme)]
    [InlineData(World.Globex)]
    public async Task Delivery_OfASiteWithoutItsRow_IsAskedForAgain_AndTakenWhenTheSiteIsConnectedAgain(string site)
    {
        Lose();
        _world.Emit(site, 7);
        Assert.Equal(503, await DeliverAsync());

        var missing = (await _world.HealthAsync()).Sites!.Single(report => report.Site == site);
        Assert.Equal("unhealthy", missing.State);
        Assert.Equal($"A site of this app is missing from the table: connect it again, or erase it with DELETE /api/sites/{site}.", missing.Reason);

        await (site == World.Acme ? ConnectAsync() : ImportAsync());
        _world.NewInstance();
        await _world.DeliverAllAsync();
        Assert.Equal("SHOP-7", Assert.Single(_world.Publisher.Messages).IssueKey);
        Assert.DoesNotContain((await _world.HealthAsync()).Sites!, report => report.Site == site && report.Reason?.Contains("missing from the table", StringComparison.Ordinal) is true);
    }

    /// <summary>Jira gave up before the site was connected again.</summary>
    [Fact]
    public async Task Poll_SiteConnectedAgainAfterJiraGaveUp_FindsWhatItGaveUpOn()
    {
        Lose();
        _world.Emit(World.Acme, 7);
        await _world.DeliverAllAsync();
        Assert.Empty(_world.Publisher.Messages);

        await ConnectAsync();
        await _world.RefreshAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(30));
        await _world.PollAsync();

        Assert.Contains(_world.Publisher.Messages, message => message is { IssueKey: "SHOP-7", Reconstructed: true });
    }

    [Theory]
    [InlineData("not-the-secret", 401)]
    [InlineData(null, 503)]
    public async Task Delivery_ForAnIdWithoutARow_IsJudgedByTheSecretsOfTheApp(string? secret, int expected)
    {
        Lose();

        Assert.Equal(expected, await SendAsync(World.Acme, $"Bearer {TestTokens.OAuth(_world.Clock.GetUtcNow(), secret ?? _world.Site(World.Acme).Options.Secret)}"));
        Assert.Equal(expected == 503, (await _world.HealthAsync()).Sites!.Any(report => report.Site == World.Acme));
    }

    /// <summary>Without the secrets of the app it is unknown whether the row of a site was lost.</summary>
    [Theory]
    [InlineData("OAuthClientSecret")]
    [InlineData("OAuthPreviousClientSecret")]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Delivery_ForAnIdWithoutARow_IsAskedForAgainWhileASecretOfTheAppIsNotResolved(string setting)
    {
        Lose();
        _world.Settings[setting] = "@Microsoft.KeyVault(SecretUri=https://x)";
        _world.NewInstance();

        Assert.Equal(503, await SendAsync(World.Acme, $"Bearer {TestTokens.OAuth(_world.Clock.GetUtcNow(), "a-secret-that-is-not-known-here")}"));

        // Otherwise the answer would show which sites exist.
        Assert.Equal(401, await SendAsync(World.Acme, ""));
        Assert.Equal(401, await SendAsync(World.Acme, "Bearer no-token"));
    }

    [Fact]
    public async Task Gauge_OfUnhealthySites_CountsThoseThatAreMissing()
    {
        using var measured = new MeasuredHere();
        Lose();
        _world.Emit(World.Acme);
        await DeliverAsync();

        await _world.NewInstance().GetRequiredService<SiteGauges>().RecordAsync(RunKind.Poll, [], Token);

        Assert.Equal([2], measured.Of(MetricNames.SitesUnhealthy));
    }

    [Theory]
    [InlineData(World.Acme)]
    [InlineData(World.Globex)]
    public async Task Remove_MissingSite_EndsTheAlarm_AndWhatStillComesIsRefused(string site)
    {
        Lose();
        _world.Emit(site);
        await DeliverAsync();
        var api = new ApiCaller(_world.NewInstance());

        Assert.Equal(204, (await api.RemoveAsync(site)).Status);
        Assert.Equal(404, (await api.RemoveAsync(site)).Status);

        Assert.DoesNotContain((await _world.HealthAsync()).Sites!, report => report.Site == site);
        _world.NewInstance();
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await DeliverAsync();
        Assert.Equal([503, 401], _world.Jira.Ledger.Attempts.Select(attempt => attempt.Status));
    }

    [Theory]
    [InlineData(World.Acme)]
    [InlineData(World.Globex)]
    public async Task Delivery_OfAnErasedSite_IsRefusedAndNoAlarm_AndForgottenAfter45Days(string site)
    {
        using var refused = Metrics.Counter(DeliveryMetrics.Refused);
        _world.Emit(site);
        Assert.Equal(202, (await new ApiCaller(_world.NewInstance()).RemoveAsync(site)).Status);
        _world.Clock.Advance(SiteRemoval.Grace);
        await _world.RefreshAsync();
        _world.NewInstance();

        Assert.Equal(401, await DeliverAsync());

        // The alerts ask for a site's name, or for what was answered 503.
        Assert.NotEqual(0, refused.Count("reason=site_erased"));
        Assert.DoesNotContain(refused.Tags(), tags => tags.Contains("site_erased site=", StringComparison.Ordinal));
        Assert.DoesNotContain((await _world.HealthAsync()).Sites!, report => report.Site == site);

        var table = _world.NewInstance().GetRequiredService<SiteTable>();
        _world.Clock.Advance(AbsentSite.KeptFor - TimeSpan.FromMinutes(1));
        await _world.RefreshAsync();
        Assert.Equal(site, Assert.Single((await table.ReadAsync(Token)).Absent).Id);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.RefreshAsync();
        Assert.Empty((await table.ReadAsync(Token)).Absent);
    }

    [Fact]
    public async Task Import_ErasedSite_IsTakenAgain()
    {
        await new ApiCaller(_world.NewInstance()).RemoveAsync(World.Globex);
        _world.Clock.Advance(SiteRemoval.Grace);
        await _world.RefreshAsync();

        await ImportAsync();
        await _world.RefreshAsync();

        Assert.Empty((await _world.NewInstance().GetRequiredService<SiteTable>().ReadAsync(Token)).Absent);
        _world.Emit(World.Globex);
        await _world.DeliverAllAsync();
        Assert.Single(_world.Publisher.Messages);
    }

    /// <summary>A secret may be older than the site's place in the settings.</summary>
    [Fact]
    public async Task Health_SecretOfASiteOfTheSettings_IsNoMissingSite()
    {
        Lose();
        _world.Secrets.Put("jira-site-initech-webhook-secret", "1", new("left-over"));

        Assert.DoesNotContain((await _world.HealthAsync()).Sites!, report => report.Site == World.Initech && report.Reason is not null);
        Assert.Equal(409, (await new ApiCaller(_world.NewInstance()).RemoveAsync(World.Initech)).Status);
    }

    private void Lose()
    {
        _world.Tables.Lose();
        _world.NewInstance();
    }

    private async Task ConnectAsync()
    {
        var browser = new OnboardingBrowser(_world.NewInstance(), _world.Client());
        var choice = await browser.CallbackAsync(await browser.AgreeAsync(await browser.StartAsync()));
        Assert.Contains("becomes acme", choice.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await browser.ChooseAsync(choice, _world.Site(World.Acme).Options.CloudId)).Status);
    }

    private async Task ImportAsync() =>
        Assert.Equal(201, (await new ApiCaller(_world.NewInstance()).ImportAsync(World.Globex, _world.Installation(World.Globex))).Status);

    private async Task<int> DeliverAsync()
    {
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, Token);
        return _world.Jira.Ledger.Attempts.Last().Status;
    }

    private async Task<int> SendAsync(string site, string authorization)
    {
        using var client = _world.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/deliveries/{site}") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await client.SendAsync(request, Token);
        return (int)response.StatusCode;
    }
}
