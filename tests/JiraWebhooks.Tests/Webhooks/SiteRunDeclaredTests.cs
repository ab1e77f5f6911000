using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>Which declared webhooks a run sends, in which order, and whether it may delete the others.</summary>
public sealed class SiteRunDeclaredTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly Uri Callback = new("https://hooks.example.com/api/deliveries/acme");
    private static readonly DeclaredWebhook New = new("new", ["jira:issue_updated"], "project = SHOP");
    private static readonly DeclaredWebhook Changed = new("changed", ["jira:issue_updated"], "project = SHOP");
    private static readonly DeclaredWebhook Current = new("current", ["jira:issue_updated"], "project = SHOP");
    private static readonly Site Site = StubSites.OAuth with { Webhooks = [New, Changed, Current] };

    private static readonly WebhookRow[] Rows = [new("changed", 1, "former"), new("current", 2, Definition.Fingerprint(Current)), new("removed", 3, "any")];

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void ToRegister_DuringARun_AreThoseWithoutAWebhookOfTheirDefinition()
    {
        var run = Run(Site);
        Assert.Equal([New, Changed], run.ToRegister());

        run.Rows["new"] = new WebhookRow("new", 4, Definition.Fingerprint(New));
        run.Created.Add(4);
        run.Deleted.Add(2);

        Assert.Equal([Changed, Current], run.ToRegister());
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void InOrder_Changed_ComeBeforeNew() => Assert.Equal([Changed, Current, New], Run(Site).InOrder(Site.Webhooks));

    [Fact]
    [Trait("Rule", "registration-results")]
    public void IsSent_InvalidOrRefused_IsFalse()
    {
        var run = Run(Site);
        run.Rows["changed"] = Rows[0] with { Refusal = new Refusal(Definition.Fingerprint(Changed), "No.") };

        Assert.True(run.IsSent(New));
        Assert.False(run.IsSent(Changed));
        Assert.False(run.IsSent(New with { Jql = " " }));
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public void DeletableIds_WhileItIsUncertainWhatIsDeclared_AreNone()
    {
        Assert.Equal([3], Run(Site).DeletableIds());
        Assert.Empty(Run(Site with { WebhookProblems = ["An entry is invalid."] }).DeletableIds());
        Assert.Empty(Run(Site with { Webhooks = [] }).DeletableIds());
        Assert.Equal([1, 2, 3], Run(Site with { Webhooks = [], Disabled = new SiteDisabled(Now, null) }).DeletableIds().Order());
    }

    private static SiteRun Run(Site site) => new(site, Callback, [.. Rows.Select(row => new Webhook(row.WebhookId, ["jira:issue_updated"], "project = SHOP") { Url = Callback })], Rows, Now);
}
