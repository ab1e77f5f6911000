using Azure;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.OAuth;
using JiraWebhooks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace JiraWebhooks.Tests.Api;

/// <summary>What the calls answer, to those who err above all.</summary>
[Collection<Clocked>]
public sealed class SitesApiTests : IAsyncLifetime
{
    private World _world = null!;
    private ApiCaller _api = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Forget(World.Globex);
        _api = new ApiCaller(_world.NewInstance());
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    [Trait("Rule", "no-connect-lifecycle")]
    public async Task Import_ExistingInstallation_IsAddedAndItsSecretIsNeverShown()
    {
        var added = await _api.ImportAsync(World.Globex, Installation());

        Assert.Equal(201, added.Status);
        Assert.Equal("store", Text(added, "source"));
        Assert.Equal("Connect", Text(added, "scheme"));
        Assert.Equal("https://hooks.example.com/api/deliveries/globex", Text(added, "callbackUrl"));
        Assert.Equal(_world.Site(World.Globex).Options.ClientKey, Text(added, "clientKey"));
        Assert.NotNull(added.ETag);
        var all = await _api.CallAsync((api, request) => api.ListAsync(request));
        Assert.Equal(["acme", "globex", "initech"], all.Json.EnumerateArray().Select(site => site.GetProperty("site").GetString()));
        Assert.All(_world.Jira.Sites, site => Assert.DoesNotContain(site.Options.Secret, added.Text + all.Text, StringComparison.Ordinal));
        Assert.Equal(new SecretPair(_world.Site(World.Globex).Options.Secret), _world.Secrets.Values["jira-site-globex-shared-secret"]);
    }

    [Fact]
    public async Task Put_SiteThatIsThere_IsChangedAndKeepsItsSecret()
    {
        var first = await _api.ImportAsync(World.Globex, Installation());
        var options = _world.Site(World.Globex).Options;
        var changed = $$"""{"scheme":"Connect","url":"{{options.Url}}","appKey":"{{options.AppKey}}","clientKey":"{{options.ClientKey}}","ownAccountIds":["5b1"],"webhooks":{"comments":{"events":["comment_created"],"jql":"project = SHOP"} } }""";

        var second = await _api.PutAsync(World.Globex, changed, first.ETag);
        Assert.Equal(200, second.Status);
        Assert.Equal("comments", Assert.Single(second.Json.GetProperty("webhooks").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("ok", second.State);
        Assert.False(first.Json.TryGetProperty("ownAccountIds", out _));
        Assert.Equal("5b1", Assert.Single(second.Json.GetProperty("ownAccountIds").EnumerateArray()).GetString());

        var stale = await _api.PutAsync(World.Globex, changed, first.ETag);
        Assert.Equal(412, stale.Status);
        Assert.Equal("Site globex has changed since it was read: read it again.", stale.Detail);
    }

    [Theory]
    [InlineData("{", "The body is not JSON")]
    [InlineData("null", "The body is null")]
    [InlineData("""{"scheme":"Connect","sercet":"leak-5f0c"}""", "at $.sercet")]
    [InlineData("""{"scheme":["leak-5f0c"]}""", "at $.scheme")]
    [InlineData("""{"scheme":"Forge","secret":"leak-5f0c"}""", "Scheme must be one of OAuth, Connect, AdminWebhook")]
    [InlineData("""{"scheme":"Connect","url":"ftp://leak-5f0c"}""", "Url must be an absolute https address; Secret is empty")]
    [InlineData("""{"scheme":"AdminWebhook","url":"https://admin:leak-5f0c@x.atlassian.net","secret":"s"}""", "Url must have no user name or password")]
    [InlineData("""{"scheme":"AdminWebhook","url":"https://leak-5f0c@x.atlassian.net","secret":"s"}""", "Url must have no user name or password")]
    [InlineData("""{"scheme":"Connect","url":"https://x.atlassian.net","apiUrl":"https://a:leak-5f0c@y.net","secret":"s","appKey":"a","clientKey":"c"}""", "ApiUrl must have no user name or password")]
    [InlineData("""{"scheme":"AdminWebhook","url":"https://x.atlassian.net","secret":"@Microsoft.KeyVault(SecretUri=leak-5f0c)"}""", "Secret is empty or an unresolved")]
    [InlineData("""{"scheme":"AdminWebhook","url":"https://x.atlassian.net","secret":"s","apiToken":"leak-5f0c"}""", "apiToken are for sites of the settings alone")]
    [InlineData("""{"scheme":"Connect","url":"https://x.atlassian.net","secret":"s","appKey":"a","clientKey":"c"}""", "It has no webhooks")]
    [InlineData("""{"scheme":"Connect","url":"https://x.atlassian.net","secret":"s","appKey":"a","clientKey":"c","webhooks":{"i":{"events":[],"jql":""}}}""", "Webhook i: it has no Events")]
    [InlineData("""{"scheme":"Connect","url":"https://x.atlassian.net","secret":"s","appKey":"a","clientKey":"c","webhooks":{"i":null}}""", "Webhook i: it has no Events")]
    [InlineData("""{"scheme":"Connect","url":"https://x.atlassian.net","secret":"s","appKey":"a","clientKey":"c","webhooks":{"Not_A_Slug":{"events":["jira:issue_updated"],"jql":"project = A"}}}""", "a webhook's name must be")]
    [Trait("Rule", "secrecy")]
    public async Task Put_WrongBody_SaysWhatAndNeverItsValue(string body, string sentence)
    {
        var answer = await _api.PutAsync("hooli", body);

        Assert.Equal(400, answer.Status);
        Assert.Contains(sentence, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("leak", answer.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.ShowAsync("hooli")).Status);
        Assert.Empty(_world.Secrets.Values);
    }

    [Theory]
    [InlineData("UPPER")]
    [InlineData("a_b")]
    [InlineData("-a")]
    [InlineData("acme\n")]
    [InlineData("a-very-long-name-of-more-than-32-letters")]
    public async Task Put_NameThatIsNoSlug_IsRefused(string name) =>
        Assert.Contains("its name must be 1 to 32", (await _api.ImportAsync(name, Installation())).Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("a#b")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a\u0001b")]
    public async Task Call_NameThatTableStorageRefuses_Is404Or400(string name)
    {
        _world.Tables.Before = call =>
        {
            if (call == "sites.get") throw new RequestFailedException(400, "OutOfRangeInput");
        };

        Assert.Equal(400, (await _api.PutAsync(name, Installation())).Status);
        foreach (var answer in new[] { await _api.ShowAsync(name), await _api.RemoveAsync(name), await _api.EnableAsync(name), await _api.RotateAsync(name, """{"secret":"s"}""") })
        {
            Assert.Equal(404, answer.Status);
        }
    }

    [Fact]
    public async Task Put_IfMatchAny_ChangesOnlyASiteThatIsThere()
    {
        Assert.Equal(412, (await _api.PutAsync("hooli", OAuth(null), "*")).Status);

        await _api.PutAsync("hooli", OAuth(null));
        Assert.Equal(200, (await _api.PutAsync("hooli", OAuth(null), "*")).Status);
    }

    [Fact]
    public async Task Call_SiteOfTheSettings_IsSentThere()
    {
        foreach (var answer in new[] { await _api.ImportAsync(World.Acme, Installation()), await _api.RemoveAsync(World.Acme),
            await _api.DisableAsync(World.Acme), await _api.RotateAsync(World.Acme, """{"secret":"s"}""") })
        {
            Assert.Equal(409, answer.Status);
            Assert.Equal("Site acme is fixed in the settings (Sites__acme__…): change it there.", answer.Detail);
        }

        Assert.Equal("settings", Text(await _api.ShowAsync(World.Acme), "source"));
        Assert.Null((await _api.ShowAsync(World.Acme)).ETag);
    }

    [Fact]
    public async Task Call_NoSuchSite_Is404()
    {
        foreach (var answer in new[] { await _api.ShowAsync("unknown"), await _api.RemoveAsync("unknown"), await _api.EnableAsync("unknown"), await _api.RecoverAsync("unknown", "?minutes=5") })
        {
            Assert.Equal(404, answer.Status);
            Assert.Equal("There is no site unknown.", answer.Detail);
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task Call_BodyThatAFormCouldSend_Is415(string contentType) =>
        Assert.Equal(415, (await _api.CallAsync((api, request) => api.DisableAsync(request, "globex"), "{}", contentType: contentType)).Status);

    [Fact]
    public async Task Call_BodyWithoutEnd_Is413() =>
        Assert.Equal(413, (await _api.PutAsync("globex", new string(' ', 300_000))).Status);

    [Theory]
    [InlineData("")]
    [InlineData("?minutes=0")]
    [InlineData("?minutes=-5")]
    [InlineData("?minutes=43201")]
    [InlineData("?minutes=soon")]
    public async Task Recover_WrongTime_SaysWhatItTakes(string query) =>
        Assert.Contains("minutes must be a whole number from 1 to 43200", (await _api.RecoverAsync(World.Acme, query)).Detail, StringComparison.Ordinal);

    [Fact]
    public async Task Recover_SiteWithoutAnApp_SaysThereIsNothingToAsk() =>
        Assert.Equal(409, (await _api.RecoverAsync(World.Initech, "?minutes=5")).Status);

    [Fact]
    [Trait("Rule", "secret-rotation")]
    public async Task Rotate_NewSecret_KeepsTheOneBefore()
    {
        await _api.ImportAsync(World.Globex, Installation());
        var old = _world.Site(World.Globex).Options.Secret;

        Assert.Equal(200, (await _api.RotateAsync(World.Globex, """{"secret":"next","announce":true}""")).Status);
        Assert.Equal(new SecretPair(old, "next"), _world.Secrets.Values["jira-site-globex-shared-secret"]);

        Assert.Equal(200, (await _api.RotateAsync(World.Globex, """{"secret":"next"}""")).Status);
        Assert.Equal(new SecretPair("next", old), _world.Secrets.Values["jira-site-globex-shared-secret"]);
        Assert.Equal(400, (await _api.RotateAsync(World.Globex, """{"secret":" "}""")).Status);
    }

    [Theory]
    [InlineData("Shared", "shared")]
    [InlineData("", "hooli")]
    [InlineData(null, "hooli")]
    public async Task Put_RefreshToken_IsKeptUnderTheNameTheSiteLooksFor(string? grant, string name)
    {
        Assert.Equal(201, (await _api.PutAsync("hooli", OAuth(grant))).Status);

        Assert.Equal("t", (await _world.GrantAsync(name))!.RefreshToken);
        Assert.Equal(name, (await _world.FindAsync("hooli"))!.Grant);
    }

    [Fact]
    public async Task Put_GrantThatNoStoreCanHold_Is400AndChangesNothing()
    {
        var answer = await _api.PutAsync("hooli", OAuth("../other"));

        Assert.Equal(400, answer.Status);
        Assert.Contains("Grant must be", answer.Detail, StringComparison.Ordinal);
        Assert.Empty(_world.Secrets.Values);
    }

    [Fact]
    public async Task Put_GrantLeftOut_KeepsTheOneThereWas()
    {
        await _api.PutAsync("hooli", OAuth("shared"));
        await _api.PutAsync("hooli", OAuth(null));
        Assert.Equal("shared", (await _world.FindAsync("hooli"))!.Grant);

        await _api.PutAsync("hooli", OAuth(""));
        Assert.Equal("hooli", (await _world.FindAsync("hooli"))!.Grant);
    }

    /// <summary>The other site would stop with the first refresh: Atlassian refuses the token of another app for good.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "token-store")]
    public async Task Put_OtherAppWithTheGrantOfASiteOfTheFirst_Is409AndLeavesTheGrantAlone(bool withToken)
    {
        await _api.PutAsync("hooli", OAuth("shared"));
        await _api.PutAsync("piper", OAuth("shared"));

        var other = OAuth("shared", clientId: "another-app", token: withToken ? "another" : null);
        var answer = await _api.PutAsync("piper", other);

        Assert.Equal(409, answer.Status);
        Assert.Contains("site hooli", answer.Detail, StringComparison.Ordinal);
        Assert.Equal("t", (await _world.GrantAsync("shared"))!.RefreshToken);
        Assert.Equal("client", (await _world.FindAsync("piper"))!.ClientId);
    }

    /// <summary>A change of a filter must not need the vault, or wait for a rotation.</summary>
    [Fact]
    [Trait("Decision", "token-store")]
    public async Task Put_NothingOfTheGrant_DoesNotReadIt()
    {
        await _api.PutAsync("hooli", OAuth(null));
        var store = (MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>();
        store.BeforeRead = _ => throw new TimeoutException("the vault is away");

        Assert.Equal(200, (await _api.PutAsync("hooli", OAuth(null, token: null))).Status);
    }

    /// <summary>An older version has not stored whose the grant is.</summary>
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 409)]
    [Trait("Decision", "token-store")]
    public async Task Put_OtherAppWithAGrantOfAnOlderVersion_TakesItForThatOfTheSitesThatUseIt(bool alone, int expected)
    {
        await _api.PutAsync("hooli", OAuth("shared"));
        if (!alone) await _api.PutAsync("piper", OAuth("shared"));
        ((MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>()).Put("shared", new OAuthGrant { RefreshToken = "t" });

        var answer = await _api.PutAsync("hooli", OAuth("shared", clientId: "another-app", token: "another"));

        Assert.Equal(expected, answer.Status);
        Assert.Equal(alone ? "another" : "t", (await _world.GrantAsync("shared"))!.RefreshToken);
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 409)]
    [Trait("Decision", "token-store")]
    public async Task Put_OtherAppWithAGrantOfItsOwn_NeedsARefreshTokenOfThatApp(bool withToken, int expected)
    {
        await _api.PutAsync("hooli", OAuth(null));

        var answer = await _api.PutAsync("hooli", OAuth(null, clientId: "another-app", token: withToken ? "another" : null));

        Assert.Equal(expected, answer.Status);
        Assert.Equal(withToken ? ("another", "another-app") : ("t", "client"), ((await _world.GrantAsync("hooli"))!.RefreshToken, (await _world.GrantAsync("hooli"))!.ClientId));
        if (!withToken) Assert.Contains("give refreshToken", answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("previousSecret")]
    [InlineData("refreshToken")]
    public async Task Put_UnresolvedReferenceAsASecret_Is400(string property)
    {
        var answer = await _api.PutAsync("hooli", $$"""{"scheme":"OAuth","{{property}}":"@Microsoft.KeyVault(SecretUri=https://x)"}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains("unresolved Key Vault reference", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "token-store")]
    public async Task Put_RefreshTokenWhileTheGrantIsRotated_WaitsForIt()
    {
        await _world.NewInstance().GetRequiredService<ILeases>().TryAcquireAsync("token", "hooli", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var began = _world.Clock.GetUtcNow();

        Assert.Equal(201, (await _world.Clock.DriveAsync(_api.PutAsync("hooli", OAuth(null)))).Status);

        Assert.True(_world.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Put_RefreshTokenWhileAnotherProcessWritesOne_Is409()
    {
        var store = (MemoryTokenStore)_world.NewInstance().GetRequiredService<ITokenStore>();
        store.BeforeWrite = _ =>
        {
            store.Put("hooli", new OAuthGrant { RefreshToken = "another" });
            return Task.CompletedTask;
        };

        Assert.Equal(409, (await _api.PutAsync("hooli", OAuth(null))).Status);
        Assert.Equal(404, (await _api.ShowAsync("hooli")).Status);
    }

    [Fact]
    public async Task Call_StorageAway_Is503AndSaysNoMore()
    {
        _world.Tables.Before = call =>
        {
            if (call.StartsWith("sites.", StringComparison.Ordinal)) throw new TimeoutException("leak-5f0c");
        };

        var answer = await _api.ImportAsync(World.Globex, Installation());

        Assert.Equal(503, answer.Status);
        Assert.Equal("Storage or the vault cannot be reached now: try again.", answer.Detail);
    }

    [Fact]
    public async Task Put_VaultAway_LeavesNoRowWithoutSecret()
    {
        _world.Secrets.Failure = new TimeoutException();
        Assert.Equal(503, (await _api.ImportAsync(World.Globex, Installation())).Status);

        _world.Secrets.Failure = null;
        Assert.Equal(404, (await _api.ShowAsync(World.Globex)).Status);
        Assert.Equal(201, (await _api.ImportAsync(World.Globex, Installation())).Status);
    }

    [Fact]
    public async Task Recover_SiteThatIsSwitchedOff_SaysSo()
    {
        await _api.ImportAsync(World.Globex, Installation());
        await _api.DisableAsync(World.Globex);

        var answer = await _api.RecoverAsync(World.Globex, "?minutes=5");

        Assert.Equal(409, answer.Status);
        Assert.Contains("switched off", answer.Detail, StringComparison.Ordinal);
    }

    private static string OAuth(string? grant, string clientId = "client", string? token = "t") =>
        $$"""{"scheme":"OAuth","url":"https://hooli.atlassian.net","cloudId":"0a1b2c3d-1111-2222-3333-444455556666","clientId":"{{clientId}}","secret":"s"{{(token is null ? "" : $",\"refreshToken\":\"{token}\"")}}{{(grant is null ? "" : $",\"grant\":\"{grant}\"")}},"webhooks":{"i":{"events":["jira:issue_updated"],"jql":"project = A"} } }""";

    private static string? Text(ApiAnswer answer, string name) => answer.Json.GetProperty(name).GetString();

    private string Installation() => _world.Installation(World.Globex);
}
