using JiraWebhooks.Hosting;
using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>A change that the fingerprint does not show never reaches Jira.</summary>
public sealed class DefinitionTests
{
    private static readonly DeclaredWebhook Issues = new("issues", ["jira:issue_created", "jira:issue_updated"], "project = SHOP")
    {
        FieldIdsFilter = ["summary", "status"],
        IssuePropertyKeysFilter = ["one", "two"],
    };

    private static readonly JiraWebhooksOptions Options = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    private static readonly Site Site = StubSites.OAuth with { Grant = "shared", AppKey = "app", Webhooks = [Issues, new DeclaredWebhook("comments", ["comment_created"], "project = SHOP")] };

    public static TheoryData<DeclaredWebhook> Changed { get; } =
    [
        Issues with { Events = ["jira:issue_created"] },
        Issues with { Events = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"] },
        Issues with { Jql = "project = OTHER" },
        Issues with { FieldIdsFilter = ["summary"] },
        Issues with { FieldIdsFilter = null },
        Issues with { FieldIdsFilter = [] },
        Issues with { IssuePropertyKeysFilter = ["one"] },
        Issues with { IssuePropertyKeysFilter = null },
        Issues with { FieldIdsFilter = Issues.IssuePropertyKeysFilter, IssuePropertyKeysFilter = Issues.FieldIdsFilter },
    ];

    public static TheoryData<Site, JiraWebhooksOptions> ChangedSites { get; } = new()
    {
        { Site with { Webhooks = [Issues] }, Options },
        { Site with { Webhooks = [Issues with { Name = "other" }, Site.Webhooks[1]] }, Options },
        { Site with { Webhooks = [Issues with { Jql = "project = OTHER" }, Site.Webhooks[1]] }, Options },
        { Site with { Id = "other" }, Options },
        { Site with { ApiUrl = new Uri("https://other.atlassian.net") }, Options },
        { Site with { ClientId = "other" }, Options },
        { Site with { AppKey = "other" }, Options },
        { Site with { Grant = "other" }, Options },
        { Site, Options with { PublicBaseUrl = new Uri("https://other.example.com") } },
        { Site, Options with { TakeOver = true } },
    };

    [Theory]
    [MemberData(nameof(Changed), DisableDiscoveryEnumeration = true)]
    [Trait("Rule", "replace-webhook")]
    public void Fingerprint_OtherDefinition_IsAnother(DeclaredWebhook changed) => Assert.NotEqual(Definition.Fingerprint(Issues), Definition.Fingerprint(changed));

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Fingerprint_OtherOrderOrName_IsTheSame() => Assert.Equal(
        Definition.Fingerprint(Issues),
        Definition.Fingerprint(Issues with { Name = "other", Events = [.. Issues.Events.Reverse()], FieldIdsFilter = ["status", "summary"], IssuePropertyKeysFilter = ["two", "one"] }));

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Fingerprint_NoFilterAndAnEmptyOne_AreDifferent() =>
        Assert.NotEqual(Definition.Fingerprint(Issues with { FieldIdsFilter = null }), Definition.Fingerprint(Issues with { FieldIdsFilter = [] }));

    [Theory]
    [MemberData(nameof(ChangedSites), DisableDiscoveryEnumeration = true)]
    [Trait("Rule", "daily-refresh")]
    public void Fingerprint_SiteHasToReachAnotherState_IsAnother(Site site, JiraWebhooksOptions options) =>
        Assert.NotEqual(Definition.Fingerprint(Site, Options), Definition.Fingerprint(site, options));

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void Fingerprint_SiteWithWebhooksInOtherOrder_IsTheSame() =>
        Assert.Equal(Definition.Fingerprint(Site, Options), Definition.Fingerprint(Site with { Webhooks = [Site.Webhooks[1], Site.Webhooks[0]] }, Options));

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Details_OfADeclaredOrAListedWebhook_HaveItsFilters()
    {
        var listed = new Webhook(1, Issues.Events, Issues.Jql) { FieldIdsFilter = Issues.FieldIdsFilter, IssuePropertyKeysFilter = Issues.IssuePropertyKeysFilter };
        var expected = new WebhookDetails(Issues.Events, Issues.Jql) { FieldIdsFilter = Issues.FieldIdsFilter, IssuePropertyKeysFilter = Issues.IssuePropertyKeysFilter };

        Assert.Equal(expected, Definition.Details(Issues));
        Assert.Equal(expected, Definition.Details(listed));
    }

    /// <summary>Jira lists an empty filter for none. Sent again, it would be a filter that no field passes.</summary>
    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Details_OfAListedWebhookWithEmptyFilters_HaveNone()
    {
        var details = Definition.Details(new Webhook(1, Issues.Events, Issues.Jql) { FieldIdsFilter = [], IssuePropertyKeysFilter = [] });

        Assert.Null(details.FieldIdsFilter);
        Assert.Null(details.IssuePropertyKeysFilter);
    }
}
