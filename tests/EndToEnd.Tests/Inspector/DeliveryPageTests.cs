using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Inspector;

/// <summary>The list of deliveries and a delivery, in Chromium.</summary>
public sealed class DeliveryPageTests(Browser browser, InspectorFixture host) : IClassFixture<Browser>, IClassFixture<InspectorFixture>
{
    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_Accepted_AppearsWithItsMessageItsStagesAndItsChanges()
    {
        var page = await OpenAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync("NEW-1"));

        await Row(page, "NEW-1").GetByRole(AriaRole.Button).ClickAsync();
        var detail = page.Locator("#detail");
        await Expect(detail).ToContainTextAsync("accepted, answer 200");
        await Expect(detail.Locator("dl").First).ToContainTextAsync("publish");
        await Expect(detail).ToContainTextAsync("jira_webhook_ids");
        await Expect(detail).ToContainTextAsync(",1001,");
        await Expect(detail.GetByRole(AriaRole.Row).Nth(1)).ToHaveTextAsync("statusTo DoDone");
        await Expect(detail).ToContainTextAsync("sha256=…");
        await Expect(detail).Not.ToContainTextAsync(host.Secret);
        await Expect(detail).Not.ToContainTextAsync("null");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_Refused_TellsWhyAndWhatToDoInTwoClicks()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await host.DeliverAsync("BAD-1", secret: "a-secret-that-is-not-the-one-of-this-site"));
        var page = await OpenAsync();

        await page.Locator("#filter-outcome").SelectOptionAsync("refused");
        await page.Locator("#rows tbody tr").First.ClickAsync();

        await Expect(page.Locator("#meaning")).ToHaveTextAsync("The signature was made with another secret, or the body was changed on its way.");
        await Expect(page.Locator("#fix")).ToContainTextAsync("Compare the secret of the site");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Filters_OfSiteEventOutcomeAndText_LeaveWhatMatches()
    {
        await host.DeliverAsync("FIND-1");
        await host.DeliverAsync("FIND-2");
        await host.DeliverAsync("FIND-3", secret: "a-secret-that-is-not-the-one-of-this-site");
        var page = await OpenAsync();
        var rows = page.Locator("#rows tbody tr");

        await page.Locator("#filter-text").FillAsync("find-2");
        await Expect(rows).ToHaveCountAsync(1);
        await page.Locator("#filter-text").FillAsync("FIND");
        await page.Locator("#filter-outcome").SelectOptionAsync("accepted");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Locator("#filter-event").SelectOptionAsync("jira:issue_updated");
        await page.Locator("#filter-site").SelectOptionAsync("initech");
        await Expect(rows).ToHaveCountAsync(2);
        await page.Locator("#filter-text").FillAsync("nothing like this");
        await Expect(page.Locator("#empty")).ToHaveTextAsync("No delivery matches the filters. Clear them to see all.");
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Summary_WithAScript_StaysText()
    {
        const string Script = "<script>window.ran=1</script><img src=x onerror='window.ran=1'>";
        await host.DeliverAsync("XSS-1<b>", Script);
        var page = await OpenAsync();

        await Row(page, "XSS-1<b>").ClickAsync();
        await Expect(page.Locator("#detail pre").Last).ToContainTextAsync(Script);

        Assert.Null(await page.EvaluateAsync<int?>("window.ran"));
        Assert.Equal(0, await page.Locator("#detail img, #detail script, #rows b").CountAsync());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task CopyAsCurl_HasAPlaceholderForTheSignature()
    {
        await host.DeliverAsync("CURL-1");
        var page = await OpenAsync();
        await Row(page, "CURL-1").ClickAsync();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Copy as curl" }).ClickAsync();
        await Expect(page.Locator("#detail .result")).ToContainTextAsync("Copied");

        var copied = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("-H 'X-Hub-Signature: sha256=CREDENTIAL'", copied, StringComparison.Ordinal);
        Assert.Contains("\"key\":\"CURL-1\"", copied, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task SendAgain_SignsWithANewIdentifierAndSaysSo()
    {
        await host.DeliverAsync("AGAIN-1");
        var page = await OpenAsync();
        await Row(page, "AGAIN-1").ClickAsync();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send again" }).ClickAsync();

        await Expect(page.Locator("#detail .result")).ToContainTextAsync("the answer was 200. Subscribers get it as a new event.");
        await Expect(Row(page, "AGAIN-1").Filter(new LocatorFilterOptions { HasText = "(sent again)" })).ToHaveCountAsync(1);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Keyboard_OpensADeliveryAndGoesBack()
    {
        await host.DeliverAsync("KEY-1");
        var page = await OpenAsync();
        await Row(page, "KEY-1").GetByRole(AriaRole.Button).FocusAsync();

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#detail")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Locator("#detail")).ToBeHiddenAsync();
        await Expect(Row(page, "KEY-1").GetByRole(AriaRole.Button)).ToBeFocusedAsync();
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Address_WithoutTheKey_SaysWhereToFindIt()
    {
        var page = await browser.OpenAsync(host.Address.AbsoluteUri);

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("open the address that LocalHost prints when it starts");
        Assert.Equal("", await page.Locator("#rows tbody").InnerTextAsync());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Key_OfTheAddress_LeavesTheAddress()
    {
        var page = await OpenAsync();

        await Expect(page.Locator("#connection")).ToHaveTextAsync("Connected");
        Assert.Equal(host.Address.AbsoluteUri, page.Url);
    }

    private Task<IPage> OpenAsync() => browser.OpenAsync(Browser.PageOf(host.Address));

    private static ILocator Row(IPage page, string issue) => page.Locator("#rows tbody tr").Filter(new LocatorFilterOptions { HasText = issue });
}
