using JiraWebhooks.Jira;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>What a run knows about its site decides what it deletes and what it registers.</summary>
public sealed class SiteRunTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly Uri Callback = new("https://hooks.example.com/api/deliveries/acme");
    private static readonly DeclaredWebhook Issues = new("issues", ["jira:issue_updated"], "project = SHOP");
    private static readonly DeclaredWebhook Comments = new("comments", ["comment_created"], "project = SHOP");
    private static readonly Site Site = StubSites.OAuth with { Webhooks = [Issues, Comments] };

    [Fact]
    [Trait("Decision", "take-over")]
    public void New_ListedWebhooks_AreOursElsewhereOrOfUnknownOwners()
    {
        var run = Run(
            [Listed(1), Listed(2) with { Url = new Uri("https://other.example.com/x") }, Listed(3) with { Url = null }, Listed(4) with { Url = null }],
            [Row(Issues, 3)]);

        Assert.Equal([1, 3], run.Ours.Order());
        Assert.Equal([2], run.Elsewhere.Select(webhook => webhook.Id));
        Assert.Equal([4], run.Unaddressed.Select(webhook => webhook.Id));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void New_Rows_AreSeenNowOnlyIfJiraListsThemAsOurs()
    {
        var before = Now.AddDays(-1);

        var run = Run([Listed(1)], [Row(Issues, 1) with { Seen = before }, Row(Comments, 2) with { Seen = before }]);

        Assert.Equal(Now, run.Rows["issues"].Seen);
        Assert.Equal(before, run.Rows["comments"].Seen);
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public void New_RefusalOfAFormerDefinition_IsForgottenAndOfThePresentIsAProblem()
    {
        var run = Run([], [
            Row(Issues, 0) with { Refusal = new Refusal(Definition.Fingerprint(Issues), "No.") },
            Row(Comments, 0) with { Refusal = new Refusal("former", "No.") },
            new WebhookRow("gone", 0, "") { Refusal = new Refusal("former", "No.") },
        ]);

        Assert.NotNull(run.Refused(Issues));
        Assert.Null(run.Refused(Comments));
        Assert.Null(run.Rows["gone"].Refusal);
        Assert.StartsWith("Webhook issues: Jira refused it", Assert.Single(run.Problems), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public void LiveRow_ListedOursOrCreated_UntilDeletedOrGone()
    {
        var run = Run([Listed(1), Listed(2) with { Url = new Uri("https://other.example.com/x") }], [Row(Issues, 1), Row(Comments, 2)]);

        Assert.Equal(1, run.LiveRow(Issues)!.WebhookId);
        Assert.Null(run.LiveRow(Comments));

        run.Rows["comments"] = Row(Comments, 3);
        run.Created.Add(3);
        run.Update([]);
        Assert.Null(run.LiveRow(Issues));
        Assert.Equal(3, run.LiveRow(Comments)!.WebhookId);

        run.Deleted.Add(3);
        Assert.Null(run.LiveRow(Comments));
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public void UnclaimedIds_OursThatNoDeclaredWebhookHas_UntilDeletedOrGone()
    {
        var run = Run([Listed(1), Listed(2), Listed(3), Listed(4), Listed(5) with { Url = new Uri("https://other.example.com/x") }], [Row(Issues, 1), new WebhookRow("former", 2, "")]);

        Assert.Equal([2, 3, 4], run.UnclaimedIds().Order());

        run.Deleted.Add(3);
        run.Update([Listed(1), Listed(2), Listed(3)]);
        Assert.Equal([2], run.UnclaimedIds());
    }

    [Fact]
    [Trait("Rule", "no-orphans")]
    public void IsRedundant_UntilEachDeclaredWebhookLives_OnlyThoseWithASuccessor()
    {
        var run = Run([Listed(1), Listed(2), Listed(3)], [Row(Issues, 1), new WebhookRow("former", 2, "")]);
        run.Rows["issues"] = Row(Issues, 4);
        run.Created.Add(4);

        Assert.Equal([1], run.UnclaimedIds().Where(run.IsRedundant));

        run.Rows["comments"] = Row(Comments, 5);
        run.Created.Add(5);
        Assert.Equal([1, 2, 3], run.UnclaimedIds().Where(run.IsRedundant).Order());
    }

    [Fact]
    [Trait("Rule", "check-before-register")]
    public void Room_CreatedWebhooks_CountOnceWhetherListedOrNot()
    {
        var run = Run([Listed(1), Listed(2)], []);
        Assert.Equal(3, run.Room);

        run.Created.Add(3);
        Assert.Equal(2, run.Room);
        run.Update([Listed(1), Listed(2), Listed(3)]);
        Assert.Equal(2, run.Room);
        Assert.Equal(100, new SiteRun(StubSites.Connect, Callback, [], [], Now).Room);
    }

    [Fact]
    [Trait("Rule", "registration-results")]
    public void HasAccepted_DefinitionOfAWebhookThatWasCreated_IsTrueAlsoIfItIsGone()
    {
        var run = Run([Listed(1)], [Row(Issues, 1), Row(Comments, 2), new WebhookRow("refused", 0, "same")]);

        Assert.True(run.HasAccepted("issues", Definition.Fingerprint(Issues)));
        Assert.False(run.HasAccepted("issues", "another"));
        Assert.True(run.HasAccepted("comments", Definition.Fingerprint(Comments)));
        Assert.False(run.HasAccepted("refused", "same"));
        Assert.False(run.HasAccepted("unknown", Definition.Fingerprint(Issues)));
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void AddGap_SeveralTimes_KeepsTheEarliest()
    {
        var run = Run([], []);
        run.AddGap(null);
        Assert.Null(run.GapStart);

        foreach (DateTimeOffset? since in new DateTimeOffset?[] { Now, Now.AddHours(-2), null, Now.AddHours(-1) }) run.AddGap(since);

        Assert.Equal(Now.AddHours(-2), run.GapStart);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [Trait("Rule", "daily-refresh")]
    public void Result_MoreThan25DaysLeft_CountsAsExtended(int ticks, int extended)
    {
        var expires = Now.AddDays(25).AddTicks(ticks);
        var run = Run([Listed(1) with { ExpirationDate = expires }], [Row(Issues, 1)]);

        var result = run.Result(Now);

        Assert.Equal((extended, 0, 0, 1), (result.Extended, result.Registered, result.Replaced, result.Failed));
        Assert.Equal(expires, result.SoonestExpiry);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void Result_CreatedWebhooks_AreRegisteredOrReplacedAndLive30Days()
    {
        var run = Run([], []);
        run.Rows["issues"] = Row(Issues, 1);
        run.Rows["comments"] = Row(Comments, 2);
        run.Created.UnionWith([1, 2]);
        Assert.Equal((2, 0), (run.Result(Now).Registered, run.Result(Now).Replaced));
        run.Critical.Add("comments");

        var result = run.Result(Now);

        Assert.Equal((0, 1, 1, 0), (result.Extended, result.Registered, result.Replaced, result.Failed));
        Assert.Equal(Now.AddDays(30), result.SoonestExpiry);
        Assert.Null(result.Problem);
    }

    [Fact]
    [Trait("Rule", "daily-refresh")]
    public void Result_SeveralWebhooksAndProblems_HasTheSoonestExpiryAndAllProblems()
    {
        var run = Run([Listed(1), Listed(2) with { ExpirationDate = Now.AddDays(2) }], [Row(Issues, 1), Row(Comments, 2)]);
        run.Problems.AddRange(["One.", "Two."]);

        var result = run.Result(Now);

        Assert.Equal(Now.AddDays(2), result.SoonestExpiry);
        Assert.Equal("One. Two.", result.Problem);
    }

    /// <summary>A webhook that was registered again with its former definition is alive, but not what is declared.</summary>
    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Result_CreatedWithTheFormerDefinition_IsAFailure()
    {
        var run = Run([], []);
        run.Rows["issues"] = new WebhookRow("issues", 1, "former");
        run.Created.Add(1);

        var result = run.Result(Now);

        Assert.Equal((0, 2), (result.Registered, result.Failed));
        Assert.False(run.IsUpToDate(Issues));
        Assert.NotNull(run.LiveRow(Issues));
    }

    /// <summary>A site at its limit refuses everything with the same words: then the definition is not the reason.</summary>
    [Fact]
    [Trait("Rule", "registration-results")]
    public void Take_SameWordsForAnAcceptedDefinition_IsNotRemembered()
    {
        var refusals = new RunRefusals();
        refusals.Add("content", "Bad filter.", new Refusal("a", "Bad filter."));
        refusals.Add("limit", "Full.", new Refusal("b", "Full."));
        refusals.Add("forgotten", "Full.", new Refusal("c", "Full."));
        refusals.AddForAcceptedDefinition("Full.");

        Assert.False(refusals.IsUndecided("content"));
        Assert.True(refusals.IsUndecided("limit"));
        Assert.False(refusals.IsUndecided("unknown"));
        refusals.Forget(["forgotten", "unknown"]);

        Assert.Equal([("content", "Bad filter.", new Refusal("a", "Bad filter.")), ("limit", "Full.", null)], refusals.Take());
        Assert.Empty(refusals.Take());
    }

    private static SiteRun Run(IReadOnlyList<Webhook> listed, IReadOnlyList<WebhookRow> rows) => new(Site, Callback, listed, rows, Now);

    private static Webhook Listed(long id) => new(id, ["jira:issue_updated"], "project = SHOP") { Url = Callback, ExpirationDate = Now.AddDays(3) };

    private static WebhookRow Row(DeclaredWebhook declared, long id) => new(declared.Name, id, Definition.Fingerprint(declared));
}
