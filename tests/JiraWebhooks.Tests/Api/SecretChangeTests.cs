using JiraSimulator;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Api;

/// <summary>Secrets change while Jira sends: what is signed with the one before is taken, and a change that fails changes nothing.</summary>
[Collection<Clocked>]
public sealed class SecretChangeTests : IAsyncLifetime
{
    private const string Next = "the-next-one-that-is-long-enough-for-hs256";

    private World _world = null!;
    private ApiCaller _api = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Forget(World.Initech);
        _world.Forget(World.Globex);
        _world.OnboardBrowsers();
        _api = new ApiCaller(_world.NewInstance());
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(Next)]
    [InlineData(null)]
    [Trait("Rule", "secret-rotation")]
    public async Task Put_NewSecretOrTheSameAgain_TheOneBeforeVerifies(string? then)
    {
        await PutAdminAsync(_world.Site(World.Initech).Options.Secret);

        Assert.Equal(200, (await PutAdminAsync(Next)).Status);
        if (then is not null) Assert.Equal(200, (await PutAdminAsync(then)).Status);

        Assert.Equal([200], await DeliverAsync(World.Initech));
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Put_SecretAndTheOneBefore_AreTakenAsTheyAre()
    {
        await PutAdminAsync("one");
        await PutAdminAsync("two");

        await PutAdminAsync("two", previous: _world.Site(World.Initech).Options.Secret);

        Assert.Equal([200], await DeliverAsync(World.Initech));
        Assert.Contains("previousSecret needs secret", (await _api.PutAsync(World.Initech, """{"scheme":"AdminWebhook","url":"https://initech.atlassian.net","previousSecret":"p"}""")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Import_AfterAReinstallation_TheSecretBeforeVerifies()
    {
        var kept = _world.Installation(World.Globex);
        await _api.ImportAsync(World.Globex, kept);
        await _world.RefreshAsync(World.Globex);

        var again = await _api.ImportAsync(World.Globex, kept.Replace(_world.Site(World.Globex).Options.Secret, Next, StringComparison.Ordinal));

        Assert.Equal(200, again.Status);
        Assert.Equal([200], await DeliverAsync(World.Globex));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_SiteOfTheAppInTheSettings_IsSentThereAndStaysAsItIs(bool announce)
    {
        await OnboardAsync();

        var answer = await _api.RotateAsync(World.Acme, $$"""{"secret":"{{Next}}","announce":{{(announce ? "true" : "false")}}}""");

        Assert.Equal(409, answer.Status);
        Assert.Contains("OAuthPreviousClientSecret", answer.Detail, StringComparison.Ordinal);
        Assert.Equal([200], await DeliverAsync(World.Acme));
    }

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Rotate_AppInTheSettings_BothSecretsVerifyAllTheWay()
    {
        await OnboardAsync();
        var (first, second) = (_world.Site(World.Acme).Options.Secret, Next);
        foreach (var (current, previous) in new[] { (first, second), (second, first) })
        {
            _world.Settings["OAuthClientSecret"] = current;
            _world.Settings["OAuthPreviousClientSecret"] = previous;
            Assert.Equal([200], await DeliverAsync(World.Acme));
        }
    }

    [Fact]
    public async Task Put_SiteChangesOverToTheAppOfTheSettings_TheOldAppsDeliveriesAreTakenForThreeDays()
    {
        var old = _world.Site(World.Acme).Options;
        _world.Settings["OAuthClientId"] = "new-app";
        _world.Settings["OAuthClientSecret"] = Next;
        _api = new ApiCaller(_world.NewInstance());
        var added = await _api.PutAsync(World.Acme, $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"{{old.ClientId}}","secret":"{{old.Secret}}","refreshToken":"{{_world.Jira.OAuth.IssueGrant(old.ClientId)}}"}""");
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);

        for (var call = 0; call < 2; call++)
        {
            var changed = await _api.PutAsync(World.Acme, $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"new-app","refreshToken":"{{_world.Jira.OAuth.IssueGrant(old.ClientId)}}"}""");
            Assert.Equal(201, added.Status);
            Assert.Equal(200, changed.Status);
        }

        var during = (await _world.FindAsync(World.Acme))!;
        Assert.Equal(Next, during.Secret!.Reveal());
        Assert.Equal(old.Secret, during.PreviousSecret!.Reveal());
        Assert.Equal("new-app", during.ClientId);
        Assert.Null(during.Problem);
        _world.Clock.Advance(SiteLoader.ChangeOver - TimeSpan.FromMinutes(1));
        Assert.Equal([200], await DeliverAsync(World.Acme));

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await _world.FindAsync(World.Acme))!.PreviousSecret);
        Assert.Equal([401], await DeliverAsync(World.Acme));
    }

    [Fact]
    public async Task Put_OtherAppAndSecret_TheOldAppsDeliveriesAreTaken()
    {
        var old = _world.Site(World.Acme).Options;
        string Body(string client, string secret) => $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"{{client}}","secret":"{{secret}}","refreshToken":"{{_world.Jira.OAuth.IssueGrant(old.ClientId)}}"}""";
        await _api.PutAsync(World.Acme, Body(old.ClientId, old.Secret));
        await _world.RefreshAsync(World.Acme);

        _world.Clock.Advance(TimeSpan.FromHours(1));
        var changed = _world.Clock.GetUtcNow();
        Assert.Equal(200, (await _api.PutAsync(World.Acme, Body("other-app", Next))).Status);

        Assert.Equal([200], await DeliverAsync(World.Acme));

        // The new app's webhooks deliver at once, so they are registered when every instance has its secret.
        Assert.True(_world.Clock.GetUtcNow() - changed < StoredSites.Settled / 2);
        await _world.RefreshAsync();
        Assert.True(_world.Clock.GetUtcNow() - changed >= StoredSites.Settled);
    }

    [Fact]
    public async Task Settings_OtherAppAndSiteConnectedAgain_TheOldAppsDeliveriesAreTakenAllTheWay()
    {
        await OnboardAsync();
        var old = _world.Site(World.Acme).Options;
        ChangeApp(previous: old.Secret);

        Assert.Equal([200], await DeliverAsync(World.Acme));
        await ConnectAsync();

        var site = (await _world.FindAsync(World.Acme))!;
        Assert.Equal("new-app", site.ClientId);
        Assert.Equal(old.ClientId, site.FormerClientId);
        Assert.Equal(Next, site.Secret!.Reveal());
        Assert.Equal(old.Secret, site.PreviousSecret!.Reveal());
        Assert.Equal([200], await DeliverAsync(World.Acme));
    }

    [Fact]
    public async Task Settings_OtherAppAndSecretOfTheOldUnknown_SaysWhichSettingAndChangesNothing()
    {
        await OnboardAsync();
        var old = _world.Site(World.Acme).Options;
        ChangeApp(previous: null);

        var page = await ConnectAsync();
        var put = await new ApiCaller(_world.NewInstance()).PutAsync(World.Acme, $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"other","secret":"s"}""");

        Assert.Equal(409, page.Status);
        Assert.Equal(409, put.Status);
        Assert.Contains("OAuthPreviousClientSecret", page.Html, StringComparison.Ordinal);
        Assert.Contains("OAuthPreviousClientSecret", put.Detail, StringComparison.Ordinal);
        Assert.Equal(old.ClientId, (await _world.FindAsync(World.Acme))!.ClientId);
    }

    [Fact]
    public async Task Settings_OtherAppAndSiteGetsAnAppOfItsOwn_TheOldAppsDeliveriesAreTaken()
    {
        await OnboardAsync();
        var old = _world.Site(World.Acme).Options;
        ChangeApp(previous: old.Secret);

        var put = await new ApiCaller(_world.NewInstance()).PutAsync(World.Acme, $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"other","secret":"s","refreshToken":"t"}""");

        Assert.Equal(200, put.Status);
        Assert.Equal([200], await DeliverAsync(World.Acme));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Settings_SecretOfTheirAppCannotBeRead_TheOneBeforeDoesNotStandIn()
    {
        await OnboardAsync();
        _world.Settings["OAuthClientSecret"] = "@Microsoft.KeyVault(SecretUri=https://x)";
        _world.Settings["OAuthPreviousClientSecret"] = "before";

        Assert.Contains("Secret is empty", (await _world.FindAsync(World.Acme))!.Problem, StringComparison.Ordinal);
    }

    /// <summary>A new name for the vault, which takes a while, is the usual first step of a rotation. Its deliveries must not be lost meanwhile.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task Settings_SecretBeforeIsNotResolved_WhatItAloneVerifiesIsAskedForAgain(bool isOfTheApp)
    {
        await OnboardAsync();
        var (site, setting) = isOfTheApp ? (World.Acme, "OAuthPreviousClientSecret") : ("hooli", "Sites:hooli:PreviousSecret");
        if (!isOfTheApp) _world.AddConnect("hooli");
        if (!isOfTheApp) await _world.RefreshAsync("hooli");
        var secret = _world.Site(site).Options.Secret;
        _world.Settings[setting] = "@Microsoft.KeyVault(SecretUri=https://x)";

        Assert.Equal([200], await DeliverAsync(site));
        _world.Settings[isOfTheApp ? "OAuthClientSecret" : "Sites:hooli:Secret"] = Next;
        Assert.Single(_world.Emit(site));
        _world.NewInstance();
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, Token);

        Assert.Equal(503, _world.Jira.Ledger.Attempts.Last().Status);
        Assert.Contains(_world.Logs.GetSnapshot(), entry => entry.Message.Contains("answered 503 (secret_unresolved)", StringComparison.Ordinal));
        var health = Assert.Single((await _world.HealthAsync()).Sites!, report => report.Site == site);
        Assert.Equal("unhealthy", health.State);
        Assert.Contains($"{setting.Split(':')[^1]} is an unresolved", health.Reason, StringComparison.Ordinal);

        _world.Settings[setting] = secret;
        _world.NewInstance();
        await _world.DeliverAllAsync();
        Assert.Equal(2, _world.Publisher.Messages.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_SecretOfTheAppInTheSettings_MakesNoCopy(bool isNew)
    {
        var old = _world.Site(World.Acme).Options;
        if (!isNew) await OnboardAsync();
        string Body(string secret) => $$"""{"scheme":"OAuth","url":"{{old.Url}}","cloudId":"{{old.CloudId}}","clientId":"{{old.ClientId}}","secret":"{{secret}}"}""";

        Assert.Equal(isNew ? 201 : 200, (await _api.PutAsync(World.Acme, Body(old.Secret + "\\n"))).Status);
        var other = await _api.PutAsync(World.Acme, Body(Next));

        Assert.Equal(409, other.Status);
        Assert.Contains("OAuthPreviousClientSecret", other.Detail, StringComparison.Ordinal);
        Assert.Empty(_world.Secrets.Values);
        _world.Settings["OAuthClientSecret"] = Next;
        Assert.Equal(Next, (await _world.FindAsync(World.Acme))!.Secret!.Reveal());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "secret-rotation")]
    public async Task Change_TheSameSecretWithALineEnd_TheOneBeforeVerifies(bool put)
    {
        await PutAdminAsync("one");
        await PutAdminAsync("two");

        var again = put ? await PutAdminAsync("two\\n") : await _api.RotateAsync(World.Initech, """{"secret":" two\n"}""");
        Assert.Equal(200, again.Status);
        Assert.Equal(200, (await _api.RotateAsync(World.Initech, """{"secret":"two\n","announce":true}""")).Status);

        Assert.Equal(new SecretPair("two", "one"), _world.Secrets.Values["jira-site-initech-webhook-secret"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_LostToAnother_ChangesNothingThatVerifies(bool isNew)
    {
        if (!isNew) await PutAdminAsync("one");
        var (winner, secret) = (new ApiCaller(_world.NewInstance()), _world.Site(World.Initech).Options.Secret);
        _world.Secrets.BeforeWrite = async () =>
        {
            _world.Secrets.BeforeWrite = () => Task.CompletedTask;
            Assert.InRange((await winner.PutAsync(World.Initech, Admin(secret))).Status, 200, 201);
        };

        Assert.Equal(409, (await PutAdminAsync(Next)).Status);

        Assert.Equal(secret, (await _world.FindAsync(World.Initech))!.Secret!.Reveal());
        Assert.Equal([200], await DeliverAsync(World.Initech));
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Delivery_SecretRotatedAndVaultAway_Is503AndTakenLater()
    {
        await PutAdminAsync("one");
        var receiver = _world.NewInstance();
        await receiver.GetRequiredService<ISiteStore>().FindAsync(World.Initech, Token);
        await PutAdminAsync(_world.Site(World.Initech).Options.Secret);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        _world.Secrets.Failure = new TimeoutException();
        _world.Receiver = receiver;

        _world.Emit(World.Initech);
        using var client = _world.Client();
        await _world.Jira.DeliverDueAsync(client, Token);
        Assert.Equal(503, Assert.Single(_world.Jira.Ledger.Attempts).Status);

        _world.Secrets.Failure = null;
        await _world.DeliverAllAsync();
        Assert.Single(_world.Publisher.Messages);
    }

    [Fact]
    public async Task Rotate_StoredSecretIsInvalid_ReplacesIt()
    {
        await PutAdminAsync("one");
        _world.Secrets.Failure = new InvalidDataException();
        _world.Secrets.FailsWrites = false;

        Assert.Equal(200, (await _api.RotateAsync(World.Initech, """{"secret":"two"}""")).Status);
        Assert.Equal(new SecretPair("two"), _world.Secrets.Values["jira-site-initech-webhook-secret"]);
    }

    private static string Admin(string secret, string? previous = null) =>
        $$"""{"scheme":"AdminWebhook","url":"https://initech.atlassian.net","secret":"{{secret}}"{{(previous is null ? "" : $",\"previousSecret\":\"{previous}\"")}}}""";

    private Task<ApiAnswer> PutAdminAsync(string secret, string? previous = null) => _api.PutAsync(World.Initech, Admin(secret, previous));

    /// <summary>Gives what each attempt at one delivery was answered by an instance that has just started.</summary>
    private async Task<IEnumerable<int>> DeliverAsync(string site)
    {
        _world.NewInstance();
        var before = _world.Jira.Ledger.Attempts.Count;
        Assert.Single(_world.Emit(site));
        await _world.DeliverAllAsync();
        return _world.Jira.Ledger.Attempts.Skip(before).Select(attempt => attempt.Status);
    }

    /// <summary>Another app comes into the settings, with access to the same tenant.</summary>
    private void ChangeApp(string? previous)
    {
        var acme = _world.Site(World.Acme).Options;
        _world.Jira.AddSite(new SimulatedSiteOptions("acme-by-new-app", SimulatedAuth.OAuth) { ClientId = "new-app", Secret = Next, CloudId = acme.CloudId });
        _world.Settings["OAuthClientId"] = "new-app";
        _world.Settings["OAuthClientSecret"] = Next;
        _world.Settings["OAuthPreviousClientSecret"] = previous;
    }

    private async Task OnboardAsync()
    {
        await ConnectAsync();
        await _world.RefreshAsync(World.Acme);
    }

    private async Task<BrowserPage> ConnectAsync()
    {
        var browser = new OnboardingBrowser(_world.NewInstance(), _world.Client());
        var choice = await browser.CallbackAsync(await browser.AgreeAsync(await browser.StartAsync()));
        return await browser.ChooseAsync(choice, _world.Site(World.Acme).Options.CloudId);
    }
}
