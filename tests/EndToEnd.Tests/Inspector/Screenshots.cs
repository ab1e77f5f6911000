using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Inspector;

/// <summary>Takes the pictures of README and docs. They go to docs/images if the variable SCREENSHOTS is 1.</summary>
public sealed class Screenshots(Browser browser, SimulatedHost host) : IClassFixture<Browser>, IClassFixture<SimulatedHost>
{
    private const int Rows = 12;

    private readonly bool _areKept = Environment.GetEnvironmentVariable("SCREENSHOTS") == "1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Pictures_OfThePage_ShowDeliveriesAndSites()
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

    private async Task SaveAsync(IPage page, string name)
    {
        var picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 30_000, $"{name} has {picture.Length} bytes: an empty page has fewer.");
        if (_areKept) await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", $"{name}.png"), picture, Token);
    }
}
