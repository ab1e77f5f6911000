using JiraWebhooks.Recovery;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Where a search begins, continues and ends, at the exact limits.</summary>
public sealed class SearchPassTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly SearchPass Pass = new(PassKind.First, Now.AddHours(-5), Now, Now);

    [Theory]
    [InlineData(null, null, -10)] // before the first page
    [InlineData(15, null, -10)] // not before its start
    [InlineData(120, null, 90)]
    [InlineData(120, 80, 90)]
    [InlineData(120, 100, 100)]
    public void Since_WatermarkAndFloor_IsTheLatestOfTheThree(int? watermark, int? floor, int expected)
    {
        var pass = Pass with { Watermark = At(watermark), Floor = At(floor) };

        Assert.Equal(At(expected), pass.Since);
    }

    [Fact]
    public void IsBehind_ChangeMoreThanTheOverlapAfterTheEnd_IsTrue()
    {
        Assert.False(Pass.IsBehind(null));
        Assert.False(Pass.IsBehind(Pass.To + SearchPass.Overlap));
        Assert.True(Pass.IsBehind(Pass.To + SearchPass.Overlap + Tick));
    }

    [Fact]
    public void Union_TwoPasses_CoversBothAndIsDueWithTheEarlier()
    {
        var early = Pass with { From = Now.AddHours(-9), To = Now.AddHours(-7), Due = Now.AddMinutes(3), Watermark = Now };
        var late = Pass with { From = Now.AddHours(-6), To = Now, Due = Now.AddMinutes(1) };
        var both = new SearchPass(PassKind.First, early.From, late.To, late.Due);

        Assert.Equal(both, early.Union(late));
        Assert.Equal(both, late.Union(early));
    }

    [Fact]
    public void After_ManyPages_NextRunRepeatsNoMoreThanHalfOfThem()
    {
        var (pass, begin, marks) = (Pass, Pass.Since, new List<DateTimeOffset>());
        for (var page = 1; page <= 8; page++) pass = pass.After(begin.AddMinutes(2 * page), marks, begin, "next");

        Assert.Equal(begin.AddMinutes(16), pass.Watermark);
        Assert.Equal(begin.AddMinutes(8), pass.Since);
        Assert.Null(pass.Token);
    }

    [Fact]
    public void After_PagesUpToTheStart_DoNotCountAsProgress()
    {
        var (pass, begin, marks) = (Pass, Pass.Since, new List<DateTimeOffset>());
        foreach (var minutes in new[] { 0, 0, 5, 10, 15, 20 }) pass = pass.After(begin.AddMinutes(minutes), marks, begin, "next");

        Assert.Equal(begin.AddMinutes(15), pass.Floor);
    }

    [Fact]
    public void After_PageWithoutTimesOrWithEarlierOnes_KeepsTheWatermark()
    {
        var (begin, marks) = (Pass.Since, new List<DateTimeOffset>());
        var pass = Pass.After(null, marks, begin, null);
        Assert.Null(pass.Watermark);
        Assert.Equal([begin], marks);

        pass = pass.After(begin.AddMinutes(40), marks, begin, null).After(begin.AddMinutes(20), marks, begin, null).After(null, marks, begin, null);

        Assert.Equal(begin.AddMinutes(40), pass.Watermark);
        Assert.Equal([begin, begin.AddMinutes(40), begin.AddMinutes(20), begin.AddMinutes(20)], marks);
    }

    /// <summary>A minute that has more issues than a run reads can only be left by its token.</summary>
    [Theory]
    [InlineData(0, 2000, true)]
    [InlineData(0, 2001, false)]
    [InlineData(59, 10, true)]
    [InlineData(60, 10, false)]
    public void After_Token_IsKeptWhileTheNextRunWouldBeginInTheSameMinute(int seconds, int length, bool kept)
    {
        var begin = Pass.Since;
        var token = new string('t', length);
        List<DateTimeOffset> marks = [begin.AddSeconds(seconds), begin.AddSeconds(seconds)];

        var next = Pass.After(begin.AddSeconds(seconds), marks, begin, token);

        Assert.Equal(kept ? token : null, next.Token);
    }

    [Theory]
    [InlineData(0, 72)]
    [InlineData(1, 73)]
    [InlineData(-7200, 1)]
    public void Start_Jql_ReachesBackToTheStartUntilTheEndOfTheRun(int secondsMore, int minutes)
    {
        var turn = new FilterTurn(new DeclaredWebhook("issues", ["jira:issue_updated"], "project = A OR project = B"));

        turn.Start(Pass with { From = Now.AddHours(-1) }, Now.AddSeconds(secondsMore));

        Assert.Equal($"(project = A OR project = B) AND updated >= \"-{minutes}m\" ORDER BY updated ASC", turn.Jql);
    }

    [Fact]
    public void TryContinue_TokenOfThisRunAgain_IsFalse()
    {
        var turn = new FilterTurn(new DeclaredWebhook("issues", ["jira:issue_updated"], "project = SHOP"));
        turn.Start(Pass with { Token = "stored" }, Now);

        Assert.True(turn.TryContinue(Pass, "one"));
        Assert.True(turn.TryContinue(Pass, "two"));
        Assert.False(turn.TryContinue(Pass, "one"));
        Assert.False(turn.TryContinue(Pass, "stored"));

        // The next pass knows nothing of this one: neither its tokens, nor the times that it reached.
        turn.Marks.Add(Now);
        turn.Leave();
        turn.Start(Pass, Now);
        Assert.Empty(turn.Marks);
        Assert.True(turn.TryContinue(Pass, "one"));
    }

    [Fact]
    public void IsStuck_PagesWithoutProgress_IsTrueFromTheSecond()
    {
        var turn = new FilterTurn(new DeclaredWebhook("issues", ["jira:issue_updated"], "project = SHOP"));
        Assert.False(turn.IsStuck);
        turn.Start(Pass, Now);

        turn.TryContinue(Pass, "one");
        Assert.False(turn.IsStuck);
        turn.TryContinue(Pass, "two");
        Assert.True(turn.IsStuck);
        turn.TryContinue(Pass with { Watermark = Pass.Since.AddMinutes(1) }, "three");
        Assert.False(turn.IsStuck);
        turn.TryContinue(Pass with { Floor = Pass.Since.AddMinutes(1) }, "four");
        Assert.False(turn.IsStuck);
    }

    // Minutes after the start of the stretch.
    private static DateTimeOffset? At(int? minutes) => minutes is { } some ? Pass.From.AddMinutes(some) : null;
}
