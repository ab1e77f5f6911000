using System.Net;
using System.Text.RegularExpressions;
using static EndToEnd.Tests.Contract.ContractSites;

namespace EndToEnd.Tests.Contract;

/// <summary>Connecting sites in a browser: every page with every status, and the rows that a consent under way has.</summary>
public sealed partial class OnboardingTests(ContractWorld world) : IClassFixture<ContractWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Consent_ToTheEnd_ConnectsTheChosenSite()
    {
        var browser = new Browser(world);
        var callback = await browser.ConsentAsync("?grant=the-grant");
        Assert.Equal("/api/oauth/callback", callback.AbsolutePath);
        Assert.Equal((200, "Choose sites"), await browser.GetAsync(callback));
        Assert.Contains($"value=\"{world.Site(Acme).CloudId}\" disabled", browser.Page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{world.Site(Hooli).CloudId}\" checked", browser.Page, StringComparison.Ordinal);

        Assert.Equal((200, "Connected"), await browser.ChooseAsync(Hooli));

        Assert.Contains("Connected: hooli. The grant is kept under the name the-grant.", browser.Page, StringComparison.Ordinal);
        var site = await world.JsonAsync("/api/sites/hooli");
        Assert.Equal("store", site.GetProperty("source").GetString());
        Assert.Equal("the-grant", site.GetProperty("grant").GetString());
        Assert.Equal((409, "Not connected"), await browser.ConsentAndChooseAsync("?grant=the-grant", Acme));
        await world.AssertRowAsync(Names.Table.Sites, "site", Hooli, "ActiveSince:DateTimeOffset Options:String SecretRevision:String");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Start_SendsTheBrowserToAtlassian()
    {
        using var response = await world.CallAsync("GET", "/api/oauth/start");

        Assert.Equal(302, (int)response.StatusCode);
        Assert.Equal(
            "audience=api.atlassian.com client_id=client-of-acme prompt=consent redirect_uri=" + world.Address + "api/oauth/callback response_type=code scope=read:jira-work manage:jira-webhook offline_access state=STATE",
            string.Join(' ', response.Headers.Location!.Query[1..].Split('&').Select(pair => WebUtility.UrlDecode(State().Replace(pair, "state=STATE"))).Order(StringComparer.Ordinal)));
        Assert.Matches("^jira_oauth_[0-9a-f]{16}=[0-9a-f]{64}; max-age=600; path=/api/oauth; samesite=lax; httponly$", Assert.Single(response.Headers.GetValues("Set-Cookie")));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        var ticket = (await world.RowsAsync(Names.Table.Tickets, "ticket")).First();
        Assert.Matches("^[0-9a-f]{64}$", ticket.RowKey);
        await world.AssertRowAsync(Names.Table.Tickets, "ticket", ticket.RowKey, "ExpiresAt:DateTimeOffset Ticket:String");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Start_WithAGrantOfNoUse_SaysWhy()
    {
        Assert.Equal((400, "Not connected"), await new Browser(world).GetAsync(Start("?grant=No%20Name!")));
        Assert.Equal((409, "Not connected"), await new Browser(world).GetAsync(Start("?grant=stark")));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Callback_ThatCannotBeUsed_SaysWhy()
    {
        Assert.Equal((400, "Not connected"), await new Browser(world).GetAsync(new Uri(world.Address, "/api/oauth/callback?code=stolen&state=guessed")));

        var declined = new Browser(world);
        var callback = await declined.ConsentAsync("");
        Assert.Equal((400, "Not connected"), await declined.GetAsync(new Uri(callback, "?error=access_denied&" + State().Match(callback.Query).Value)));

        var invented = new Browser(world);
        callback = await invented.ConsentAsync("");
        Assert.Equal((400, "Not connected"), await invented.GetAsync(new Uri(callback, "?code=invented&" + State().Match(callback.Query).Value)));

        var twice = new Browser(world);
        callback = await twice.ConsentAsync("?grant=twice");
        Assert.Equal((200, "Choose sites"), await twice.GetAsync(callback));
        Assert.Equal((400, "Not connected"), await twice.GetAsync(callback));

        var late = new Browser(world);
        callback = await late.ConsentAsync("?grant=late");
        Assert.Equal(201, await world.StatusAsync("PUT", "/api/sites/pied", new { scheme = "OAuth", url = "https://pied.atlassian.net", cloudId = "0a1b2c3d-1111-2222-3333-444455556605", clientId = "another", grant = "late", secret = "of-the-other-app" }));
        Assert.Equal((409, "Not connected"), await late.GetAsync(callback));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Callback_WhileAtlassianIsAway_Is502()
    {
        var browser = new Browser(world);
        var callback = await browser.ConsentAsync("");
        world.Jira.Faults.RefuseTokens = true;
        try
        {
            Assert.Equal((502, "Not connected"), await browser.GetAsync(callback));
        }
        finally
        {
            world.Jira.Faults.RefuseTokens = false;
        }
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Choice_ThatIsNone_SaysWhy()
    {
        Assert.Equal((400, "Not connected"), await new Browser(world).PostAsync(new StringContent("{}")));
        Assert.Equal((400, "Not connected"), await new Browser(world).PostAsync(new FormUrlEncodedContent([new("state", "guessed")])));
        Assert.Equal((400, "Not connected"), await new Browser(world).ConsentAndChooseAsync("?grant=none"));
        Assert.Equal((400, "Not connected"), await new Browser(world).ConsentAndChooseAsync("?grant=none", Stark));

        var browser = new Browser(world);
        await browser.ConsentAsync("");
        Assert.Equal((413, "Not connected"), await browser.PostAsync(new FormUrlEncodedContent([new("state", new string('x', 64 * 1024))])));
    }

    private Uri Start(string query) => new(world.Address, "/api/oauth/start" + query + (query.Length == 0 ? "?" : "&") + "code=" + world.Key);

    [GeneratedRegex("state=[0-9a-f]+")]
    private static partial Regex State();
}
