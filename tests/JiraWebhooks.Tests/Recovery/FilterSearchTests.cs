using JiraWebhooks.Recovery;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Which passes follow which, at the exact limits: a pass too few loses events, and one too many asks Jira again.</summary>
public sealed class FilterSearchTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Lost_NothingOpen_PlansOneFirstPassThatIsDueEvenIfTheClockIsSetBack()
    {
        var search = new FilterSearch().Lost(Now.AddHours(-3), Now);

        Assert.Equal([new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now.AddHours(-3))], search.Passes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Lost_OpenPassCoversTheStart_KeepsItsProgressAndMovesTheEnd(int hoursLater)
    {
        var open = new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now) { Watermark = Now.AddHours(-2), Floor = Now.AddHours(-2.5), Token = "next" };
        var repeat = new SearchPass(PassKind.Late, Now.AddHours(-9), Now.AddHours(-8), Now.AddHours(3));
        var search = new FilterSearch { Passes = [open, repeat] };

        var next = search.Lost(open.From.AddHours(hoursLater), Now.AddMinutes(20));

        Assert.Equal([open with { To = Now.AddMinutes(20) }, repeat], next.Passes);
    }

    [Fact]
    public void Lost_BeforeTheOpenPass_StartsAgainFromThere()
    {
        var open = new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now) { Watermark = Now.AddHours(-2) };

        var next = new FilterSearch { Passes = [open] }.Lost(open.From - Tick, Now.AddMinutes(20));

        Assert.Equal([new SearchPass(PassKind.First, open.From - Tick, Now.AddMinutes(20), open.From - Tick)], next.Passes);
    }

    [Fact]
    public void Lost_WhileRepeatsArePlanned_FirstPassRunsBeforeThem()
    {
        var repeats = new FilterSearch().Lost(Now.AddHours(-3), Now) is var search ? search.End(search.Passes[0], Now) : null;

        var next = repeats!.Lost(Now.AddMinutes(-5), Now.AddMinutes(30));

        Assert.Equal([PassKind.First, PassKind.Second, PassKind.Late], next.Passes.Select(pass => pass.Kind));
        Assert.Equal(PassKind.First, next.Next(Now.AddMinutes(30), [])!.Kind);
    }

    [Fact]
    public void End_FirstPass_PlansTheWholeStretchAndItsLastHourAgain()
    {
        var first = new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now) { Watermark = Now.AddMinutes(-1) };

        var next = new FilterSearch { Passes = [first] }.End(first, Now.AddMinutes(2));

        Assert.Equal(
            [
                new SearchPass(PassKind.Second, first.From, Now.AddMinutes(17), Now.AddMinutes(17)),
                new SearchPass(PassKind.Late, Now.AddHours(-1), Now, Now.AddMinutes(2).AddHours(12)),
            ],
            next.Passes);
    }

    [Fact]
    public void End_StretchShorterThanAnHour_LatePassBeginsWithTheStretch()
    {
        var first = new SearchPass(PassKind.First, Now.AddMinutes(-40), Now, Now);

        var late = new FilterSearch { Passes = [first] }.End(first, Now).Passes.Single(pass => pass.Kind is PassKind.Late);

        Assert.Equal((first.From, first.To), (late.From, late.To));
    }

    [Theory]
    [InlineData(PassKind.Second)]
    [InlineData(PassKind.Late)]
    internal void End_Repeat_IsFollowedByNothing(PassKind kind)
    {
        var pass = new SearchPass(kind, Now.AddHours(-3), Now, Now);
        var other = new SearchPass(PassKind.Late, Now.AddHours(-9), Now.AddHours(-8), Now.AddHours(3));

        Assert.Equal([other], new FilterSearch { Passes = [pass, other] }.End(pass, Now).Passes);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void End_SecondStretchWithinFiveMinutes_IsRepeatedTogether(int ticksMore, int passes)
    {
        var between = TimeSpan.FromMinutes(5) + (ticksMore * Tick);
        var seconds = EndOfTwo(between).Passes.Where(pass => pass.Kind is PassKind.Second).ToList();

        Assert.Equal(passes, seconds.Count);
        Assert.Equal(Now.AddHours(-3), seconds.Min(pass => pass.From));
        Assert.Equal(Now + between + FilterSearch.SecondAfter, seconds.Max(pass => pass.To));
        Assert.Equal(Now + FilterSearch.SecondAfter, seconds.Min(pass => pass.Due));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void End_SecondStretchWithinAnHour_SharesTheLatePass(int ticksMore, int passes)
    {
        var between = TimeSpan.FromHours(1) + (ticksMore * Tick);

        Assert.Equal(passes, EndOfTwo(between).Passes.Count(pass => pass.Kind is PassKind.Late));
    }

    [Fact]
    public void End_RepeatHasBegun_IsNotMergedIntoIt()
    {
        var begun = new SearchPass(PassKind.Second, Now.AddHours(-9), Now.AddHours(-6), Now + FilterSearch.SecondAfter) { Watermark = Now.AddHours(-7) };
        var first = new SearchPass(PassKind.First, Now.AddHours(-1), Now, Now);

        var next = new FilterSearch { Passes = [first, begun] }.End(first, Now);

        Assert.Contains(begun, next.Passes);
        Assert.Equal(2, next.Passes.Count(pass => pass.Kind is PassKind.Second));
    }

    [Fact]
    public void End_MoreThanTheMaximumOfAKind_MergesAndCoversEveryStretch()
    {
        var search = new FilterSearch();
        for (var number = 0; number <= FilterSearch.MostOfAKind; number++)
        {
            var at = Now.AddHours(2 * number);
            search = search.Lost(at.AddMinutes(-30), at);
            search = search.End(search.Passes.Single(pass => pass.Kind is PassKind.First), at);
            var planned = Math.Min(number + 1, FilterSearch.MostOfAKind);
            Assert.Equal((planned, planned), (search.Passes.Count(pass => pass.Kind is PassKind.Second), search.Passes.Count(pass => pass.Kind is PassKind.Late)));
            Assert.All([PassKind.Second, PassKind.Late], kind => Assert.Contains(search.Passes, pass => pass.Kind == kind && pass.From <= at.AddMinutes(-30) && pass.To >= at));
        }

        Assert.Equal(Now.AddMinutes(-30), search.Passes.Min(pass => pass.From));
        Assert.Equal(Now + FilterSearch.SecondAfter, search.Passes.Min(pass => pass.Due));
    }

    [Fact]
    public void Next_PassIsDueNow_RunsUnlessItIsExcepted()
    {
        var search = new FilterSearch { Passes = [new(PassKind.Second, Now.AddHours(-3), Now, Now), new(PassKind.Late, Now.AddHours(-1), Now, Now)] };

        Assert.Null(search.Next(Now - Tick, []));
        Assert.Equal(search.Passes[0], search.Next(Now, []));
        Assert.Equal(search.Passes[1], search.Next(Now, [search.Passes[0]]));
        Assert.Null(search.Next(Now, search.Passes));
    }

    [Fact]
    public void Refused_Again_CountsFromTheFirstTimeUntilAccepted()
    {
        var refused = new FilterSearch().Refused(Now).Refused(Now.AddHours(5));

        Assert.Equal(Now, refused.RefusedSince);
        Assert.False(refused.IsRefused(Now.AddHours(24) - Tick));
        Assert.True(refused.IsRefused(Now.AddHours(24)));
        Assert.Null(refused.Accepted().RefusedSince);
        Assert.False(new FilterSearch().IsRefused(Now));
    }

    [Fact]
    public void GiveUp_PassesThatAreDue_AreRemovedAndLaterOnesStay()
    {
        var later = new SearchPass(PassKind.Late, Now.AddHours(-1), Now, Now + Tick);
        var search = new FilterSearch
        {
            Passes = [new(PassKind.First, Now.AddHours(-30), Now, Now.AddHours(-24)), new(PassKind.Second, Now.AddHours(-3), Now, Now), later],
            RefusedSince = Now.AddHours(-24),
        };

        var next = search.GiveUp(Now);

        Assert.Equal([later], next.Passes);
        Assert.Null(next.RefusedSince);
    }

    [Fact]
    public void For_FilterInOtherWords_SearchesWhatTheFormerHadLeftFromItsStart()
    {
        var open = new SearchPass(PassKind.First, Now.AddHours(-3), Now, Now) { Watermark = Now.AddHours(-1), Floor = Now.AddHours(-2), Token = "next" };
        var late = new SearchPass(PassKind.Late, Now.AddHours(-9), Now.AddHours(-8), Now.AddHours(3));
        var state = new SearchState(Now) { Filters = new Dictionary<string, FilterSearch> { ["old"] = new() { Passes = [open, late] }, ["kept"] = new() { RefusedSince = Now } } };

        var next = state.For(["kept", "new"]);

        Assert.Equal(["kept", "new"], next.Filters.Keys.Order());
        Assert.Equal([new SearchPass(PassKind.First, open.From, open.To, open.Due), late], next.Filters["new"].Passes);
        Assert.Equal(Now, next.Filters["kept"].RefusedSince);
        Assert.Empty(next.Filters["kept"].Passes);
    }

    [Fact]
    public void IsDue_AnyFilterHasAPassThatMayRun_IsTrue()
    {
        var state = new SearchState(Now).For(["one", "two"]);
        var due = state.With("two", new FilterSearch { Passes = [new SearchPass(PassKind.Late, Now.AddHours(-1), Now, Now)] });

        Assert.False(state.IsDue(Now));
        Assert.False(due.IsDue(Now - Tick));
        Assert.True(due.IsDue(Now));
        Assert.All(state.Lost(Now.AddHours(-1), Now).Filters.Values, filter => Assert.Single(filter.Passes));
    }

    // Two stretches, of which the second ends this much after the first.
    private static FilterSearch EndOfTwo(TimeSpan between)
    {
        var one = new FilterSearch().Lost(Now.AddHours(-3), Now);
        var ended = one.End(one.Passes[0], Now);
        var two = ended.Lost(Now.AddHours(-2), Now + between);
        return two.End(two.Passes.Single(pass => pass.Kind is PassKind.First), Now + between);
    }
}
