using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Inspector;

/// <summary>Writes the pictures of README and docs. It runs only by name: <c>-explicit only</c>.</summary>
public sealed class Screenshots(Browser browser, SimulatedHost host) : IClassFixture<Browser>, IClassFixture<SimulatedHost>
{
    private const int Rows = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = Limits.Hang)]
    public async Task Pictures_OfThePage_AreWritten()
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var refused = await http.PostAsync("/api/deliveries/acme", new StringContent("{}"), Token);
        var page = await browser.OpenAsync(Browser.PageOf(host.Address));
        await Expect(page.Locator("#rows tbody tr").Nth(Rows)).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
        await page.ReloadAsync();
        await page.Locator("#rows tbody tr").Filter(new LocatorFilterOptions { HasText = "issue_updated" }).First.ClickAsync();
        await SaveAsync(page, "deliveries");

        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Sites" }).ClickAsync();
        await Expect(page.Locator("meter")).ToHaveCountAsync(5);
        await SaveAsync(page, "sites");
    }

    private static async Task SaveAsync(IPage page, string name) =>
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "docs", "images", $"{name}.png") });
}
