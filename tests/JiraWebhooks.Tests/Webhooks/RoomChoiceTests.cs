using JiraWebhooks.Webhooks;

namespace JiraWebhooks.Tests.Webhooks;

/// <summary>The less an event can be missed, the earlier a webhook is deleted to make room.</summary>
public sealed class RoomChoiceTests
{
    [Fact]
    [Trait("Rule", "no-orphans")]
    public void Of_RedundantWebhooks_TakesAllOfThemAndNoOther()
    {
        var choice = RoomChoice.Of([1, 2], [1, 2, 3], [10, null]);

        Assert.Equal([1, 2], choice.Ids);
        Assert.False(choice.MayMissEvents);
    }

    [Theory]
    [InlineData(1, 3L)]
    [InlineData(2, 3L, 4L)]
    [InlineData(3, 3L, 4L)]
    [Trait("Rule", "no-orphans")]
    public void Of_UndeclaredWebhooks_TakesOneForEachThatIsMissing(int missing, params long[] expected)
    {
        var choice = RoomChoice.Of([], [3, 4], [10, .. Enumerable.Repeat<long?>(null, missing)]);

        Assert.Equal(expected, choice.Ids);
        Assert.True(choice.MayMissEvents);
    }

    [Theory]
    [InlineData]
    [InlineData(3L)]
    [Trait("Rule", "replace-webhook")]
    public void Of_OnlyChangedWebhooksWait_TakesTheirOwn(params long[] undeclared)
    {
        var choice = RoomChoice.Of([], undeclared, [10, 11]);

        Assert.Equal([10, 11], choice.Ids);
        Assert.True(choice.MayMissEvents);
    }

    [Fact]
    [Trait("Rule", "replace-webhook")]
    public void Of_MissingAndChangedAndNothingUndeclared_TakesThoseOfTheChanged() => Assert.Equal([10], RoomChoice.Of([], [], [10, null]).Ids);

    [Fact]
    [Trait("Rule", "check-before-register")]
    public void Of_OnlyMissingWebhooksWaitAndNothingIsUndeclared_TakesNone() => Assert.Empty(RoomChoice.Of([], [], [null, null]).Ids);
}
