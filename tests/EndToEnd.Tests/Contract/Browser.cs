using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Contract;

/// <summary>A browser with the newest cookie of one consent.</summary>
internal sealed partial class Browser(ContractWorld world)
{
    private string? _cookie;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The last page.</summary>
    public string Page { get; private set; } = "";

    /// <summary>Starts with the key, agrees at Atlassian, and gives the address that Atlassian sends the browser back to.</summary>
    public async Task<Uri> ConsentAsync(string query)
    {
        using var start = await world.CallAsync("GET", "/api/oauth/start" + query);
        _cookie = start.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var agreed = await world.Stranger.GetAsync(start.Headers.Location, Token);
        return agreed.Headers.Location!;
    }

    /// <summary>The whole way, with these sites chosen.</summary>
    public async Task<(int Status, string Title)> ConsentAndChooseAsync(string query, params string[] sites)
    {
        await GetAsync(await ConsentAsync(query));
        return await ChooseAsync(sites);
    }

    public Task<(int Status, string Title)> GetAsync(Uri address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>Sends the form of the page.</summary>
    public Task<(int Status, string Title)> ChooseAsync(params string[] sites) =>
        PostAsync(new FormUrlEncodedContent([new("state", State().Match(Page).Groups[1].Value), .. sites.Select(site => KeyValuePair.Create("site", world.Site(site).CloudId))]));

    public Task<(int Status, string Title)> PostAsync(HttpContent form) => SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(world.Address, "/api/oauth/sites")) { Content = form });

    private async Task<(int Status, string Title)> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (_cookie is not null) request.Headers.Add("Cookie", _cookie);
            using var response = await world.Stranger.SendAsync(request, Token);
            if (response.Headers.TryGetValues("Set-Cookie", out var set)) _cookie = set.Last().Split(';')[0];
            Page = await response.Content.ReadAsStringAsync(Token);
            Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
            return ((int)response.StatusCode, Title().Match(Page).Groups[1].Value);
        }
    }

    [GeneratedRegex("name=\"state\" value=\"([0-9a-f]+)\"")]
    private static partial Regex State();

    [GeneratedRegex("<title>(.*)</title>")]
    private static partial Regex Title();
}
