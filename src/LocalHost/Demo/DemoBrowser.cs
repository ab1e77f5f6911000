using System.Net;
using System.Text.RegularExpressions;
using JiraWebhooks.Api;
using LocalHost.Functions;
using LocalHost.Hosting;

namespace LocalHost.Demo;

/// <summary>A browser that connects every site of a consent: it follows redirects, keeps cookies and ticks all boxes.</summary>
internal sealed partial class DemoBrowser(Uri baseUrl, FunctionKey key) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = true }) { BaseAddress = baseUrl };

    /// <summary>Completes the onboarding and returns the connected cloud ids.</summary>
    /// <exception cref="LocalHostException">A page reports an error.</exception>
    public async Task<IReadOnlyList<string>> ConnectAsync(CancellationToken cancellationToken)
    {
        var choice = await ReadAsync(await _http.GetAsync($"/api/{OAuthOnboarding.StartRoute}?{FunctionKey.QueryParameter}={key.Value}", cancellationToken), cancellationToken);
        string[] sites = [.. Box().Matches(choice).Select(box => box.Groups[1].Value)];
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("state", State().Match(choice).Groups[1].Value), .. sites.Select(site => KeyValuePair.Create("site", site))]);
        await ReadAsync(await _http.PostAsync("/api/" + OAuthOnboarding.ChoiceRoute, form, cancellationToken), cancellationToken);
        return sites;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var page = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? page : throw new LocalHostException($"Onboarding got status {(int)response.StatusCode}: {WebUtility.HtmlDecode(Tag().Replace(page, " ")).Trim()}");
        }
    }

    [GeneratedRegex("name=\"state\" value=\"([0-9a-f]+)\"")]
    private static partial Regex State();

    [GeneratedRegex("name=\"site\" value=\"([^\"]+)\" checked")]
    private static partial Regex Box();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
