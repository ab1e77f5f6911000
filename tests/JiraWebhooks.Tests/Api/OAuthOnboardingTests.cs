using System.Text;
using System.Text.RegularExpressions;
using JiraSimulator;
using JiraWebhooks.Api;
using JiraWebhooks.OAuth;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.OAuth;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Api;

/// <summary>The browser's way through start, Atlassian, callback and choice, and what becomes of those who come by another.</summary>
[Collection<Clocked>]
public sealed partial class OAuthOnboardingTests : IAsyncLifetime
{
    private World _world = null!;
    private OnboardingBrowser _browser = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.OnboardBrowsers();
        _browser = NewBrowser();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Onboarding_WholeWay_ConnectsTheSiteAndDeliversItsEvents()
    {
        var choice = await ConsentAsync();
        Assert.Equal(200, choice.Status);
        Assert.Contains("becomes acme", choice.Html, StringComparison.Ordinal);

        var done = await _browser.ChooseAsync(choice, CloudId(World.Acme));
        Assert.Equal(200, done.Status);
        Assert.Contains("Connected: acme.", done.Html, StringComparison.Ordinal);
        Assert.Contains("/refresh", done.Html, StringComparison.Ordinal);

        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);
        var identifier = Assert.Single(_world.Emit(World.Acme));
        await _world.DeliverAllAsync();
        Assert.Equal($"acme:{identifier}", Assert.Single(_world.Publisher.Messages).MessageId);
    }

    [Fact]
    public async Task Start_AsksForTheScopesAndComesBackToTheExactAddress()
    {
        var start = await _browser.StartAsync();

        Assert.Equal(302, start.Status);
        Assert.Contains("redirect_uri=https%3A%2F%2Fhooks.example.com%2Fapi%2Foauth%2Fcallback&", start.Location!.Query, StringComparison.Ordinal);
        Assert.Contains("scope=read%3Ajira-work%20manage%3Ajira-webhook%20offline_access", start.Location.Query, StringComparison.Ordinal);
        Assert.Contains("httponly", start.Cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("secure", start.Cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", start.Cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Start_AnswerOnAnotherInstance_IsTaken()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());
        _browser.Services = _world.NewInstance();

        Assert.Equal(200, (await _browser.CallbackAsync(back)).Status);
    }

    [Fact]
    public async Task Callback_StateOfAnotherBrowser_Is400AndDoesNotUseItUp()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());
        var thief = NewBrowser();
        Assert.Equal(400, (await thief.CallbackAsync(back)).Status);
        await thief.StartAsync();
        Assert.Equal(400, (await thief.CallbackAsync(back)).Status);

        Assert.Equal(200, (await _browser.CallbackAsync(back)).Status);
    }

    /// <summary>Each page has a state and a cookie of its own, so a second start does not end the first.</summary>
    [Fact]
    public async Task Onboarding_InTwoTabs_WorksInBoth()
    {
        var first = await _browser.StartAsync();
        var second = await _browser.StartAsync();
        var firstBack = await _browser.AgreeAsync(first);
        var secondBack = await _browser.AgreeAsync(second);

        var firstChoice = await _browser.CallbackAsync(firstBack);
        var secondChoice = await _browser.CallbackAsync(secondBack);

        Assert.Equal(200, firstChoice.Status);
        Assert.Equal(200, secondChoice.Status);
        Assert.Equal(200, (await _browser.ChooseAsync(firstChoice, CloudId(World.Acme))).Status);
        Assert.Equal(200, (await _browser.ChooseAsync(secondChoice, CloudId(World.Acme))).Status);
    }

    /// <summary>A state has one purpose: the one of the choice page is no callback, and stays valid.</summary>
    [Fact]
    public async Task Callback_WithTheStateOfTheChoice_Is400AndDoesNotUseItUp()
    {
        var choice = await ConsentAsync();
        var state = StateField().Match(choice.Html).Groups[1].Value;

        Assert.Equal(400, (await _browser.CallbackAsync($"?code=any&state={state}")).Status);

        Assert.Equal(200, (await _browser.ChooseAsync(choice, CloudId(World.Acme))).Status);
    }

    [Fact]
    public async Task Callback_StateUsedTwice_Is400()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());

        Assert.Equal(200, (await _browser.CallbackAsync(back)).Status);
        Assert.Equal(400, (await _browser.CallbackAsync(back)).Status);
    }

    [Fact]
    public async Task Callback_StateUsedTwiceAtOnce_IsTakenOnce()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _browser.CallbackAsync(back)));

        Assert.Single(answers, answer => answer.Status == 200);
    }

    [Fact]
    public async Task Callback_StateTooOld_Is400()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());
        _world.Clock.Advance(OAuthConsent.Lifetime);

        Assert.Equal(400, (await _browser.CallbackAsync(back)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?code=stolen")]
    [InlineData("?code=stolen&state=")]
    [InlineData("?code=stolen&state=guessed")]
    [InlineData("?code=stolen&state=guessed&state=twice")]
    public async Task Callback_NoStateOfOurs_Is400(string query)
    {
        await _browser.StartAsync();

        var answer = await _browser.CallbackAsync(query);

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("stolen", answer.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error=access_denied", "access_denied")]
    [InlineData("error=%3Cscript%3Ealert(1)%3C/script%3E", "no reason given")]
    [InlineData("code=not-a-code-of-theirs", "invalid_grant")]
    public async Task Callback_NoConsent_SaysWhyAndNothingOfTheirs(string query, string sentence)
    {
        var state = State().Match((await _browser.StartAsync()).Location!.Query).Groups[1].Value;

        var answer = await _browser.CallbackAsync($"?{query}&state={state}");

        Assert.Equal(400, answer.Status);
        Assert.Contains(sentence, answer.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", answer.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-code", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_AtlassianAway_Is502()
    {
        var back = await _browser.AgreeAsync(await _browser.StartAsync());
        _world.Jira.Faults.RefuseTokens = true;

        Assert.Equal(502, (await _browser.CallbackAsync(back)).Status);
    }

    [Fact]
    public async Task Choose_SiteTheConsentDoesNotReach_Is400()
    {
        var choice = await ConsentAsync();

        Assert.Equal(400, (await _browser.ChooseAsync(choice, CloudId(World.Acme), "11111111-2222-3333-4444-555555555555")).Status);
        Assert.Null(await _world.FindAsync(World.Acme));
    }

    [Fact]
    public async Task Choose_FormOfAnotherBrowserOrTwice_Is400()
    {
        var choice = await ConsentAsync();
        Assert.Equal(400, (await NewBrowser().ChooseAsync(choice, CloudId(World.Acme))).Status);

        Assert.Equal(200, (await _browser.ChooseAsync(choice, CloudId(World.Acme))).Status);
        Assert.Equal(400, (await _browser.ChooseAsync(choice, CloudId(World.Acme))).Status);
    }

    [Fact]
    public async Task Choose_StateOfTheConsentInPlaceOfTheChoice_Is400()
    {
        var state = State().Match((await _browser.StartAsync()).Location!.Query).Groups[1].Value;

        Assert.Equal(400, (await _browser.ChooseAsync(new BrowserPage(200, $"name=\"state\" value=\"{state}\"", null, ""), CloudId(World.Acme))).Status);
    }

    [Fact]
    public async Task Choose_SeveralSitesOfOneConsent_ShareItsGrant()
    {
        AddHooli();
        var done = await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme), CloudId("hooli"));

        Assert.Contains("Connected: acme, hooli.", done.Html, StringComparison.Ordinal);
        Assert.Equal((await _world.FindAsync(World.Acme))!.Grant, (await _world.FindAsync("hooli"))!.Grant);
        Assert.All(await _world.RefreshAsync(), result => Assert.Null(result.Problem));
        Assert.Single(_world.Site("hooli").Webhooks);
    }

    [Fact]
    public async Task Choose_SiteThatIsSwitchedOff_IsNotTickedAndSwitchedOnWhenChosen()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var api = new ApiCaller(_world.NewInstance());
        await api.DisableAsync(World.Acme);

        var choice = await ConsentAsync();
        Assert.Contains("switched off", choice.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("\" checked", choice.Html, StringComparison.Ordinal);

        var done = await _browser.ChooseAsync(choice, CloudId(World.Acme));
        Assert.Contains("Connected: acme.", done.Html, StringComparison.Ordinal);
        Assert.Equal("ok", (await new ApiCaller(_world.NewInstance()).ShowAsync(World.Acme)).State);
        Assert.Equal(1, (await _world.RefreshAsync(World.Acme)).Registered);
    }

    [Fact]
    public async Task Choose_OneOfSeveralFails_SaysWhichAreConnectedAndWhichNot()
    {
        AddHooli();
        var choice = await ConsentAsync();
        var added = 0;
        _world.Tables.Before = call =>
        {
            if (call == "sites.add" && ++added == 1) throw new TimeoutException("leak-5f0c");
        };

        var done = await _browser.ChooseAsync(choice, CloudId(World.Acme), CloudId("hooli"));

        Assert.Equal(503, done.Status);
        Assert.Contains("Connected: hooli.", done.Html, StringComparison.Ordinal);
        Assert.Contains("Not connected: acme: Storage or the vault cannot be reached now.", done.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("leak", done.Html, StringComparison.Ordinal);
        Assert.NotNull(await _world.FindAsync("hooli"));
    }

    [Fact]
    public async Task Choose_FormWithoutOurCookie_IsRefusedUnread()
    {
        var body = new EndlessForm();

        Assert.Equal(400, await PostAsync(body, cookie: null));
        Assert.Equal(0, body.Position);
    }

    [Fact]
    public async Task Choose_FormWithoutEnd_Is413()
    {
        var body = new EndlessForm();

        Assert.Equal(413, await PostAsync(body, cookie: "jira_oauth_0123456789abcdef=guessed"));
        Assert.InRange(body.Position, 1, 128 * 1024);
    }

    /// <summary>Anyone can send these, with any cookie: they are not failures of the app.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Choose_FormThatCannotBeRead_Is400AndNoErrorOfOurs(bool breaksOff)
    {
        using Stream body = breaksOff ? new BrokenForm() : new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(number => $"f{number}=0&"))));

        Assert.Equal(400, await PostAsync(body, cookie: "jira_oauth_0123456789abcdef=guessed"));
        Assert.DoesNotContain(_world.Logs.GetSnapshot(), entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Offer_SeveralProductsOfOneSite_AreOneSite()
    {
        var url = new Uri("https://hooli.atlassian.net");

        var candidate = Assert.Single(await OfferAsync(
            new AccessibleResource("c", "Hooli", url, ["read:confluence-content.all"]), new AccessibleResource("c", "Hooli", url, ["read:jira-work", "manage:jira-webhook"])));

        Assert.Equal("hooli", candidate.SiteId);
        Assert.Null(candidate.Problem);
    }

    [Fact]
    public async Task Offer_ConsentWithoutTheScopesOfWebhooks_SaysWhichAndCannotBeChosen()
    {
        var url = new Uri("https://hooli.atlassian.net");

        Assert.Contains("manage:jira-webhook", Assert.Single(await OfferAsync(new AccessibleResource("c", "Hooli", url, ["read:jira-work"]))).Problem, StringComparison.Ordinal);
        Assert.Null(Assert.Single(await OfferAsync(new AccessibleResource("c", "Hooli", url))).Problem);
    }

    /// <summary>What is offered is kept in a table until it is chosen.</summary>
    [Fact]
    public async Task Offer_AddressWithAPassword_IsLeftOut()
    {
        var resource = new AccessibleResource("c", "Hooli, Bearer hunter2", new Uri("https://admin:hunter2@hooli.atlassian.net"));

        Assert.Empty(await OfferAsync(resource));
        Assert.DoesNotContain("hunter2", System.Text.Json.JsonSerializer.Serialize(resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choice_TextsOfOthers_AreNoMarkup()
    {
        var page = OAuthPages.Choice(
            await OfferAsync(new AccessibleResource("\"><script>", "<script>", new Uri("https://hooli.atlassian.net/?<script>"), ["<script>"])), "<script>", new Uri("https://hooks.example.com"));

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Onboarding_AgainAfterTheGrantDied_RestoresTheSite()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        await _world.RefreshAsync();
        _world.Jira.OAuth.RevokeAll(_world.Site(World.Acme).Options.ClientId);
        _world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Contains("connect the site again", (await _world.RefreshAsync(World.Acme)).Problem, StringComparison.Ordinal);
        Assert.Equal("reconnect_required", (await new ApiCaller(_world.NewInstance()).ShowAsync(World.Acme)).State);

        var choice = await ConsentAsync();
        Assert.Contains("connected already as acme", choice.Html, StringComparison.Ordinal);
        await _browser.ChooseAsync(choice, CloudId(World.Acme));

        Assert.Null((await _world.RefreshAsync(World.Acme)).Problem);
        await _world.PollAsync();
        Assert.Equal("ok", (await new ApiCaller(_world.NewInstance()).ShowAsync(World.Acme)).State);
    }

    [Fact]
    public async Task Onboarding_ConsentThatReachesFewerSites_DoesNotCutTheOthersOff()
    {
        AddHooli();
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme), CloudId("hooli"));
        var shared = (await _world.FindAsync("hooli"))!.Grant!;
        var before = await _world.GrantAsync(shared);

        _world.Jira.Hide("hooli");
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));

        Assert.NotEqual(shared, (await _world.FindAsync(World.Acme))!.Grant);
        Assert.Equal(shared, (await _world.FindAsync("hooli"))!.Grant);
        Assert.Equal(before, await _world.GrantAsync(shared));
    }

    [Fact]
    public async Task Onboarding_ConsentWithoutTheScopesOfWebhooks_LeavesTheGrantThatWorks()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var name = (await _world.FindAsync(World.Acme))!.Grant!;
        var before = await _world.GrantAsync(name);
        var resource = new AccessibleResource(CloudId(World.Acme), "Acme", new Uri("https://acme.atlassian.net"), ["read:jira-work"]);
        var admission = _world.NewInstance().GetRequiredService<SiteAdmission>();

        var saved = await admission.SaveAsync(new Consent(new OAuthGrant { RefreshToken = "less" }, null, [resource]), Token);

        Assert.NotEqual(name, saved);
        Assert.Equal(before, await _world.GrantAsync(name));
    }

    /// <summary>A person who consents again must not be asked to repair the vault first.</summary>
    [Fact]
    [Trait("Decision", "token-store")]
    public async Task Onboarding_AgainAfterTheGrantWasDamaged_RestoresTheSite()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var name = (await _world.FindAsync(World.Acme))!.Grant!;
        ((MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>()).Put(name, StoredGrantJson.Read("{"u8));
        Assert.Equal("reconnect_required", (await new ApiCaller(_world.NewInstance()).ShowAsync(World.Acme)).State);

        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));

        Assert.Null((await _world.RefreshAsync(World.Acme)).Problem);
    }

    /// <summary>Webhooks belong to the person whose token registers them: the procedure of docs/sites.md, on an instance that is warm.</summary>
    [Fact]
    [Trait("Rule", "oauth-tokens")]
    public async Task Onboarding_ByAnotherPersonOnAWarmInstance_RegistersWithTheNewConsent()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var warm = _world.NewInstance();
        await _world.Clock.DriveAsync(new ApiCaller(warm).RefreshAsync(World.Acme));
        var name = (await _world.FindAsync(World.Acme))!.Grant!;
        await new ApiCaller(warm).DisableAsync(World.Acme);
        await _world.Clock.DriveAsync(new ApiCaller(warm).RefreshAsync(World.Acme));

        _browser.Services = warm;
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var consent = await _world.GrantAsync(name);
        await _world.Clock.DriveAsync(new ApiCaller(warm).RefreshAsync(World.Acme));

        var token = await warm.GetRequiredService<IAccessTokenSource>().GetAccessTokenAsync((await _world.FindAsync(World.Acme))!, null, Token);
        Assert.Equal(consent!.AccessToken, token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callback_ConsentReachesASiteOfAnotherApp_LeavesThatAppsGrantAlone(bool isFixed)
    {
        AddHooli();
        var acme = _world.Site(World.Acme).Options;
        if (isFixed)
        {
            foreach (var (name, value) in new[] { ("Scheme", "OAuth"), ("Url", acme.Url), ("CloudId", acme.CloudId), ("ClientId", "other-app"), ("Secret", "s"), ("Grant", "theirs") })
            {
                _world.Settings[$"Sites:acme:{name}"] = value;
            }
        }

        await SeedAsync("theirs");
        if (!isFixed)
        {
            Assert.Equal(201, (await new ApiCaller(_world.NewInstance()).PutAsync(World.Acme, $$"""{"scheme":"OAuth","url":"{{acme.Url}}","cloudId":"{{acme.CloudId}}","clientId":"other-app","secret":"s","grant":"theirs"}""")).Status);
        }

        _browser = NewBrowser();
        var choice = await ConsentAsync();
        var done = await _browser.ChooseAsync(choice, CloudId("hooli"));

        Assert.Contains("Connected: hooli.", done.Html, StringComparison.Ordinal);
        Assert.Equal("their-token", (await _world.GrantAsync("theirs"))!.RefreshToken);
        Assert.NotEqual("theirs", (await _world.FindAsync("hooli"))!.Grant);
        if (isFixed) Assert.Contains("Sites__acme__ClientId", choice.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offer_FixedSiteOfAnotherAppWithTheSameGrant_CannotBeChosen()
    {
        foreach (var (name, value) in new[] { ("Scheme", "OAuth"), ("Url", "https://fixed.atlassian.net"), ("CloudId", "0a1b2c3d-1111-2222-3333-444455556666"), ("ClientId", "other-app"), ("Secret", "s"), ("Grant", "g") })
        {
            _world.Settings[$"Sites:fixed:{name}"] = value;
        }

        var candidate = Assert.Single(await OfferAsync(new AccessibleResource("0a1b2c3d-1111-2222-3333-444455556666", "Fixed", new Uri("https://fixed.atlassian.net"))));

        Assert.Contains("Sites__fixed__ClientId", candidate.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_NameOfAnotherAppsGrant_Is409AndLeavesItAlone(bool isTakenMeanwhile)
    {
        await SeedAsync("theirs");
        var put = () => new ApiCaller(_world.NewInstance()).PutAsync("hooli", """{"scheme":"OAuth","url":"https://hooli.atlassian.net","cloudId":"0a1b2c3d-1111-2222-3333-444455556666","clientId":"other-app","secret":"s","grant":"theirs"}""");

        BrowserPage answer;
        if (isTakenMeanwhile)
        {
            var back = await _browser.AgreeAsync(await _browser.StartAsync("?grant=theirs"));
            Assert.Equal(201, (await put()).Status);
            _browser.Services = _world.NewInstance();
            answer = await _browser.CallbackAsync(back);
        }
        else
        {
            Assert.Equal(201, (await put()).Status);
            answer = await NewBrowser().StartAsync("?grant=theirs");
        }

        Assert.Equal(409, answer.Status);
        Assert.Contains("hooli", answer.Html, StringComparison.Ordinal);
        Assert.Equal("their-token", (await _world.GrantAsync("theirs"))!.RefreshToken);
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task Callback_WhileTheOldGrantIsRotated_WaitsForIt()
    {
        await _browser.ChooseAsync(await ConsentAsync(), CloudId(World.Acme));
        var name = (await _world.FindAsync(World.Acme))!.Grant!;
        var back = await _browser.AgreeAsync(await _browser.StartAsync());
        await _world.NewInstance().GetRequiredService<ILeases>().TryAcquireAsync("token", name, TimeSpan.FromSeconds(30), Token);
        var (began, before) = (_world.Clock.GetUtcNow(), await _world.GrantAsync(name));

        Assert.Equal(200, (await _world.Clock.DriveAsync(_browser.CallbackAsync(back))).Status);

        Assert.True(_world.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(30));
        Assert.NotEqual(before, await _world.GrantAsync(name));
    }

    [Fact]
    public async Task Start_WithANameForTheGrant_KeepsItUnderThat()
    {
        var choice = await _browser.CallbackAsync(await _browser.AgreeAsync(await _browser.StartAsync("?grant=ours")));
        await _browser.ChooseAsync(choice, CloudId(World.Acme));

        Assert.Equal("ours", (await _world.FindAsync(World.Acme))!.Grant);
        Assert.Equal(400, (await _browser.StartAsync("?grant=../ours")).Status);
    }

    [Fact]
    public async Task Start_NoAppInTheSettings_SaysWhichSettings()
    {
        _world.Settings["OAuthClientSecret"] = "@Microsoft.KeyVault(SecretUri=https://x)";

        var answer = await NewBrowser().StartAsync();

        Assert.Equal(409, answer.Status);
        Assert.Contains("OAuthClientSecret", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StorageAway_Is503()
    {
        _world.Tables.Before = _ => throw new TimeoutException("leak-5f0c");

        var answer = await _browser.StartAsync();

        Assert.Equal(503, answer.Status);
        Assert.DoesNotContain("leak", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task Pages_OfAllKinds_HoldNoTokenAndForbidScripts()
    {
        var choice = await ConsentAsync();
        var done = await _browser.ChooseAsync(choice, CloudId(World.Acme));
        var grant = (await _world.GrantAsync((await _world.FindAsync(World.Acme))!.Grant!))!;

        foreach (var page in new[] { choice, done })
        {
            Assert.Contains("default-src 'none'", page.Policy, StringComparison.Ordinal);
            Assert.DoesNotContain(grant.RefreshToken, page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain(grant.AccessToken!, page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain(_world.Site(World.Acme).Options.Secret, page.Html, StringComparison.Ordinal);
        }
    }

    private Task<IReadOnlyList<Candidate>> OfferAsync(params AccessibleResource[] resources) =>
        _world.NewInstance().GetRequiredService<SiteAdmission>().OfferAsync("g", resources, Token);

    private async Task SeedAsync(string grant) =>
        Assert.True(await _world.NewInstance().GetRequiredService<GrantWriter>().TryWriteAsync(grant, _ => new OAuthGrant { RefreshToken = "their-token" }, Token));

    private async Task<int> PostAsync(Stream body, string? cookie)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.Body = body;
        if (cookie is not null) context.Request.Headers.Cookie = cookie;
        await (await _world.NewInstance().GetRequiredService<OAuthOnboarding>().ChooseAsync(context.Request, Token)).ExecuteAsync(context);
        return context.Response.StatusCode;
    }

    private async Task<BrowserPage> ConsentAsync() => await _browser.CallbackAsync(await _browser.AgreeAsync(await _browser.StartAsync()));

    private OnboardingBrowser NewBrowser() => new(_world.NewInstance(), _world.Client());

    private string CloudId(string site) => _world.Site(site).Options.CloudId;

    private void AddHooli()
    {
        var acme = _world.Site(World.Acme).Options;
        _world.Jira.AddSite(new SimulatedSiteOptions("hooli", SimulatedAuth.OAuth) { ClientId = acme.ClientId, Secret = acme.Secret });
    }

    [GeneratedRegex("[?&]state=([0-9a-f]+)")]
    private static partial Regex State();

    /// <summary>10 MB of a form; how much of it was read tells.</summary>
    private sealed class EndlessForm() : MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("site=0&", 1_500_000))));

    private sealed class BrokenForm : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new BadHttpRequestException("too slow", 408);
    }

    [GeneratedRegex("name=\"state\" value=\"([0-9a-f]+)\"")]
    private static partial Regex StateField();
}
