using JiraWebhooks.Jira;
using JiraWebhooks.Recovery;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>What a run of searches reports: what was found, what failed, and what may be lost.</summary>
public sealed class SearchReportTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly JiraApiException Refusal = new(JiraFailure.Refused, "The value 'SHOP' does not exist.");
    private static readonly SearchPass First = new(PassKind.First, Now.AddHours(-3), Now, Now);
    private static readonly SearchPass Late = new(PassKind.Late, Now.AddHours(-9), Now.AddHours(-8), Now);

    private readonly SearchReport _report = new("acme");

    [Fact]
    public void Result_NothingDone_ReportsNothing()
    {
        Assert.Equivalent(new SitePoll("acme"), _report.Result(isUnfinished: false), strict: true);
        Assert.True(_report.Result(isUnfinished: true).Unfinished);
    }

    [Fact]
    public void Result_FirstAndRepeatedPasses_CountsThemApartAndBeginsWithTheEarliest()
    {
        _report.Started(First);
        _report.Started(Late);
        _report.Started(First);
        _report.Published(PassKind.First, 3);
        _report.Published(PassKind.First, 4);
        _report.Published(PassKind.Second, 5);
        _report.Published(PassKind.Late, 6);

        var result = _report.Result(isUnfinished: false);

        Assert.Equal((7, 7, 11), (result.Recovered, result.Found, result.Repeated));
        Assert.Equal(Late.From, result.SearchedFrom);
        Assert.False(result.IsRepeat);
    }

    [Fact]
    public void Result_OnlyRepeatedPasses_IsARepeat()
    {
        _report.Started(Late);

        Assert.True(_report.Result(isUnfinished: false).IsRepeat);
    }

    [Fact]
    public void Result_SameProblemTwice_IsToldOnce()
    {
        _report.Add("One.");
        _report.Add("Two.");
        _report.Add("One.");

        Assert.Equal("One. Two.", _report.Result(isUnfinished: false).Problem);
    }

    [Fact]
    public void Result_SearchWithoutProgress_SaysWhichAndAfterHowManyRequests()
    {
        _report.Stuck("issues", 200);

        Assert.StartsWith("The search for webhook issues does not end: Jira has given page after page, up to 200", _report.Result(isUnfinished: true).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_LessThanADay_IsAProblemAndNoLoss()
    {
        var search = new FilterSearch { Passes = [First, Late with { Due = Now.AddTicks(1) }] }.Refused(Now.AddHours(-24).AddTicks(1));

        _report.Refused("issues", search, Refusal, Now);

        var result = _report.Result(isUnfinished: true);
        Assert.Contains("webhook issues", result.Problem, StringComparison.Ordinal);
        Assert.Contains($"since {First.From:u}", result.Problem, StringComparison.Ordinal);
        Assert.Contains($"still refused at {Now:u}", result.Problem, StringComparison.Ordinal);
        Assert.Contains(Refusal.Message, result.Problem, StringComparison.Ordinal);
        Assert.Empty(result.Losses);
    }

    [Fact]
    public void Refused_ForADay_IsALossOfEverythingThatIsDue()
    {
        var search = new FilterSearch { Passes = [First, Late, Late with { From = Now.AddDays(-9), To = Now.AddDays(9), Due = Now.AddTicks(1) }] }.Refused(Now.AddHours(-24));

        _report.Refused("issues", search, Refusal, Now);

        var result = _report.Result(isUnfinished: false);
        var loss = Assert.Single(result.Losses);
        Assert.Equal(Loss.RefusedFilter, loss.Reason);
        Assert.Contains($"from {Late.From:u} to {First.To:u}", loss.Words, StringComparison.Ordinal);
        Assert.Equal(loss.Words, result.Problem);
    }
}
