using System.Net.Http.Json;
using System.Text.Json;
using EndToEnd.Tests.Support;
using static EndToEnd.Tests.Contract.Names;

namespace EndToEnd.Tests.Contract;

/// <summary>Every error of one site's settings: it stops that site alone, and Health says what it is.</summary>
public sealed class SiteSettingsTests(AzuriteFixture azurite)
{
    private static readonly Dictionary<string, string> Good = new() { ["Scheme"] = "AdminWebhook", ["Url"] = "https://example.atlassian.net", ["Secret"] = "a-secret-of-this-site" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Site, its settings beside or in place of the good ones, and the reason.</summary>
    private static readonly (string Site, (string Name, string Value)[] Settings, string Reason)[] Wrong =
    [
        ("admin1", [("Scheme", "Carrier")], "Scheme must be one of OAuth, Connect, AdminWebhook; CloudId is missing; ClientId is missing"),
        ("admin2", [("Url", "http://example.com")], "Url must be an absolute https address"),
        ("admin3", [("Url", "https://user@example.com")], "Url must have no user name or password"),
        ("admin4", [("Secret", " ")], "Secret is empty or an unresolved Key Vault reference"),
        ("admin5", [("Secret", "@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/x)")], "Secret is empty or an unresolved Key Vault reference"),
        ("admin6", [("ApiUrl", "nonsense")], "ApiUrl must be an absolute https address"),
        ("connect1", [("Scheme", "Connect")], "AppKey is missing; ClientKey is missing"),
        ("no_slug", [], "its name must be 1 to 32 lower-case letters, digits or hyphens"),
        ("oauth1", [("Scheme", "OAuth")], "CloudId is missing; ClientId is missing"),
        ("oauth2", [("Scheme", "OAuth"), ("CloudId", "0a1b2c3d-1111-2222-3333-444455556666"), ("ClientId", "x"), ("Grant", "No Name")], "Grant must be 1 to 64 lower-case letters, digits or hyphens"),
    ];

    [Fact(Timeout = Limits.Hang)]
    public async Task Site_WithSettingsOfNoUse_IsUnhealthyAndTellsWhy()
    {
        using var clone = new Clone();
        var settings = new Dictionary<string, string?>
        {
            [Setting.Storage] = await azurite.NewAccountAsync(),
            [Setting.Site("good", "Scheme")] = "AdminWebhook",
            [Setting.Site("good", "Url")] = "https://example.atlassian.net",
            [Setting.Site("good", "Secret")] = "x",
        };
        foreach (var (site, own, _) in Wrong)
        {
            foreach (var (name, value) in Good) settings[Setting.Site(site, name)] = value;
            foreach (var (name, value) in own) settings[Setting.Site(site, name)] = value;
        }

        var port = LocalHostProcess.FreePort();
        await using var host = await LocalHostProcess.ListeningAsync(port, settings, Token, clone);
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
        var details = await http.GetFromJsonAsync<JsonElement>($"/api/health/details?code={await File.ReadAllTextAsync(clone.Key, Token)}".Trim(), Token);

        Assert.Equal(
            Wrong.Select(wrong => $"{wrong.Site} unhealthy: Site {wrong.Site} is not usable: {wrong.Reason}. See the settings Sites__{wrong.Site}__….").Append("good ok: ").Order(StringComparer.Ordinal),
            details.GetProperty("sites").EnumerateArray().Select(site => $"{site.GetProperty("site")} {site.GetProperty("state")}: {site.GetProperty("reason")}").Order(StringComparer.Ordinal));
        foreach (var (site, _, _) in Wrong)
        {
            using var request = Delivery.To(site, headers: Delivery.Hub(Good["Secret"]));
            using var response = await http.SendAsync(request, Token);
            Assert.Equal(site, site);
            Assert.Equal(503, (int)response.StatusCode);
        }
    }
}
