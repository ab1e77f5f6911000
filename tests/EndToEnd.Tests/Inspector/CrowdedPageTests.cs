using System.Net;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Inspector;

/// <summary>The page after thousands of deliveries. It has a host of its own, because no other test can find its rows beside them.</summary>
public sealed class CrowdedPageTests(Browser browser, InspectorFixture host) : IClassFixture<Browser>, IClassFixture<InspectorFixture>
{
    [Fact(Timeout = Limits.Hang)]
    public async Task SixThousandDeliveries_LeaveFiveHundredRowsAndTheNextAppears()
    {
        var page = await browser.OpenAsync(Browser.PageOf(host.Address));
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Connected");

        // A delivery that took too long is sent again, as Jira does.
        await Parallel.ForEachAsync(Enumerable.Range(1, 6000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            if (await host.DeliverAsync($"MANY-{number}") is not HttpStatusCode.OK) Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync($"MANY-{number}"));
        });
        await Expect(page.Locator("#rows tbody tr")).ToHaveCountAsync(500);

        await host.DeliverAsync("NEXT-1");
        await Expect(page.Locator("#rows tbody tr").First).ToContainTextAsync("NEXT-1");
        await Expect(page.Locator("#rows tbody tr")).ToHaveCountAsync(500);
    }
}
