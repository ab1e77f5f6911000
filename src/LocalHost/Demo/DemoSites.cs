using JiraSimulator;
using LocalHost.Functions;
using LocalHost.Hosting;
using LocalHost.Simulation;

namespace LocalHost.Demo;

/// <summary>The sites of the demo: two are connected in a browser under one grant, one is imported through the API, one is fixed in the
/// settings; later one is removed, and one loses its grant and is connected again.</summary>
internal sealed class DemoSites(SimulatedJira jira, Uri baseUrl, FunctionKey key) : IDisposable
{
    private static readonly SimulatedSiteOptions Acme = new(SimulatedSites.OAuth, SimulatedAuth.OAuth);
    private static readonly SimulatedSiteOptions Globex = new(SimulatedSites.Connect, SimulatedAuth.Connect);

    private readonly HttpClient _http = new() { BaseAddress = baseUrl, DefaultRequestHeaders = { { FunctionKey.Header, key.Value } } };

    /// <summary>Returns the settings of an app that onboards sites; <paramref name="tokenFolder"/> belongs to the demo.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(string tokenFolder) =>
    [
        new("OAuthClientId", Acme.ClientId),
        new("OAuthClientSecret", Acme.Secret),
        new("TokenFolder", tokenFolder),
        .. SimulatedSites.Webhooks.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
    ];

    /// <summary>Creates sites of Jira that the app does not know yet.</summary>
    public void Create()
    {
        jira.AddSite(Acme);
        jira.AddSite(Globex);
        jira.AddSite(new SimulatedSiteOptions(SimulatedSites.SecondOAuth, SimulatedAuth.OAuth) { ClientId = Acme.ClientId, Secret = Acme.Secret });
    }

    /// <summary>Connects sites through the onboarding pages, with a browser.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var browser = new DemoBrowser(baseUrl, key);
        await browser.ConnectAsync(cancellationToken);
    }

    /// <summary>Imports a site through the API.</summary>
    public Task ImportAsync(CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        $"/api/sites/{Globex.Slug}/import",
        new { key = Globex.AppKey, clientKey = Globex.ClientKey, sharedSecret = Globex.Secret, baseUrl = Globex.Url, apiUrl = $"{baseUrl.AbsoluteUri.TrimEnd('/')}{LocalApp.JiraPath}/sites/{Globex.Slug}" },
        cancellationToken);

    /// <summary>Removes a site through the API.</summary>
    public Task RemoveSecondAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"/api/sites/{SimulatedSites.SecondOAuth}", null, cancellationToken);

    /// <summary>Revokes the consent at Atlassian, as the person who gave it.</summary>
    public void Withdraw()
    {
        jira.OAuth.RevokeAll(Acme.ClientId);
        jira.Hide(SimulatedSites.SecondOAuth);
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) throw new LocalHostException($"{method} {path} got status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
