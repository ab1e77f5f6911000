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
    public void EndsBefore_ChangeMoreThanTheOverlapAfterTheEnd_IsTrue()
    {
        Assert.False(Pass.EndsBefore(null));
        Assert.False(Pass.EndsBefore(Pass.To + SearchPass.Overlap));
        Assert.True(Pass.EndsBefore(Pass.To + SearchPass.Overlap + Tick));
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
        var pass = Read([2, 4, 6, 8, 10, 12, 14, 16]);

        Assert.Equal(Pass.Since.AddMinutes(16), pass.Watermark);
        Assert.Equal(Pass.Since.AddMinutes(8), pass.Since);
        Assert.Null(pass.Token);
    }

    [Fact]
    public void After_PagesUpToTheStart_DoNotCountAsProgress() => Assert.Equal(Pass.Since.AddMinutes(15), Read([0, 0, 5, 10, 15, 20]).Floor);

    [Fact]
    public void After_PageWithoutTimesOrWithEarlierOnes_KeepsTheWatermark()
    {
        Assert.Null(Read([null]).Watermark);
        Assert.Equal(Pass.Since.AddMinutes(40), Read([null, 40, 20, null]).Watermark);
    }

    [Fact]
    public void Reached_PageWithoutTimes_IsAtTheTimeOfTheOneBefore()
    {
        var turn = Started();

        foreach (var minutes in new int?[] { null, 40, 20, null }) turn.Reached(SinceStart(minutes));

        Assert.Equal([Pass.Since, Pass.Since.AddMinutes(40), Pass.Since.AddMinutes(20), Pass.Since.AddMinutes(20)], turn.Marks);
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
        List<DateTimeOffset> marks = [.. Enumerable.Repeat(begin.AddSeconds(seconds), 3)];

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
        turn.Reached(Now);
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

    // The pass after a run whose pages have reached these minutes after its start; null is a page without times.
    private static SearchPass Read(int?[] pages)
    {
        var (pass, turn) = (Pass, Started());
        foreach (var minutes in pages)
        {
            turn.Reached(SinceStart(minutes));
            pass = pass.After(SinceStart(minutes), turn.Marks, turn.ReadFrom, "next");
        }

        return pass;
    }

    private static FilterTurn Started()
    {
        var turn = new FilterTurn(new DeclaredWebhook("issues", ["jira:issue_updated"], "project = SHOP"));
        turn.Start(Pass, Now);
        return turn;
    }

    private static DateTimeOffset? SinceStart(int? minutes) => minutes is { } some ? Pass.Since.AddMinutes(some) : null;

    // Minutes after the start of the stretch.
    private static DateTimeOffset? At(int? minutes) => minutes is { } some ? Pass.From.AddMinutes(some) : null;
}
