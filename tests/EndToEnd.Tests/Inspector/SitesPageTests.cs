using System.Text.Json;
using Azure.Messaging.ServiceBus;
using EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Inspector;

/// <summary>The other views, with the simulated Jira of LocalHost and its bus: sites, dead letters, and what holds for all views.</summary>
public sealed class SitesPageTests(Browser browser, SimulatedHost host) : IClassFixture<Browser>, IClassFixture<SimulatedHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    public async Task Sites_ShowWebhooksCursorGrantAndAnswerTheirButtons()
    {
        var page = await OpenAsync("Sites");
        var acme = page.Locator("article", new PageLocatorOptions { HasText = "acme" });
        var globex = page.Locator("article", new PageLocatorOptions { HasText = "globex" });

        await Expect(acme.Locator("meter")).ToHaveCountAsync(2);
        await Expect(acme).ToContainTextAsync("of 30 days left. Next refresh: extend.");
        await Expect(acme.Locator("dl").First).ToContainTextAsync("valid");
        await Expect(globex.GetByLabel("Age of the cursor of globex in hours")).ToHaveCountAsync(1);
        await globex.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Refresh" }).ClickAsync();
        await Expect(globex.Locator(".result")).ToContainTextAsync("2 extended");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Bus_ShowsDeadLettersAndRedrivesThem()
    {
        await using var client = new ServiceBusClient(host.Bus);
        await using var receiver = client.CreateReceiver("jira-deliveries", "default");
        var message = await receiver.ReceiveMessageAsync(cancellationToken: Token);
        await receiver.DeadLetterMessageAsync(message, "Unreadable", "A test says so.", Token);
        var page = await OpenAsync("Bus");
        var subscription = page.GetByLabel("Subscription default");

        await Expect(subscription).ToContainTextAsync("1 dead");
        await Expect(subscription.GetByRole(AriaRole.Row).Nth(1)).ToContainTextAsync("Unreadable");
        await subscription.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Redrive all" }).ClickAsync();

        // The result can still be read after the card was drawn again.
        await Expect(subscription).ToContainTextAsync("0 dead");
        await Expect(subscription.Locator(".result")).ToContainTextAsync("1 done");
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task Views_OfAnyKind_HaveNoViolationThatAxeFinds(ColorScheme colors, int width)
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(await NodeClients.FolderAsync(Token), "node_modules", "axe-core", "axe.min.js"), Token);
        foreach (var view in new[] { "Deliveries", "Sites", "Bus" })
        {
            var page = await OpenAsync(view, width, colors);
            if (view == "Deliveries") await page.Locator("#rows tbody tr").First.ClickAsync();
            if (view == "Sites") await Expect(page.Locator("meter").First).ToBeVisibleAsync();
            if (view == "Bus") await Expect(page.Locator("#bus article")).ToHaveCountAsync(3);

            await page.EvaluateAsync(axe);
            var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.map(one => `${one.impact} ${one.id}: ${one.nodes[0].html}`)");

            Assert.Equal("[]", found.GetRawText());
            Assert.Equal(width, await page.EvaluateAsync<int>("Math.max(innerWidth, document.documentElement.scrollWidth)"));
        }
    }

    private async Task<IPage> OpenAsync(string view, int width = 1280, ColorScheme colors = ColorScheme.Light)
    {
        var page = await browser.OpenAsync(Browser.PageOf(host.Address), width, colors);
        await Expect(page.Locator("#rows tbody tr").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = view }).ClickAsync();
        return page;
    }
}
