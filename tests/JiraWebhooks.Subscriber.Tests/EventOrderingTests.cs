using CsCheck;

namespace JiraWebhooks.Subscriber.Tests;

public sealed class EventOrderingTests
{
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Compare_NothingApplied_IsNewer() => Assert.Equal(EventOrder.Newer, EventOrdering.Compare(Event("a", 0), null));

    [Theory]
    [InlineData("b", 1, EventOrder.Newer)]
    [InlineData("b", -1, EventOrder.Older)]
    [InlineData("b", 0, EventOrder.Undecided)]
    [InlineData("b", null, EventOrder.Undecided)]
    [InlineData("a", 0, EventOrder.Same)]
    [InlineData("a", 5, EventOrder.Same)]
    public void Compare_Delivery_GoesByIdentifierAndTime(string identifier, int? seconds, EventOrder expected) =>
        Assert.Equal(expected, EventOrdering.Compare(Event(identifier, seconds), Event("a", 0).Applied));

    /// <summary>Its own time is when the issue last changed, which lies before the time of the delivery about that change.</summary>
    [Theory]
    [InlineData(1, EventOrder.Newer)]
    [InlineData(-1, EventOrder.Older)]
    [InlineData(0, EventOrder.Undecided)]
    public void Compare_ReconstructedState_GoesByTheLastChangeOfTheIssue(int seconds, EventOrder expected)
    {
        var delivery = Event("a", 10) with { IssueUpdated = Nine };
        var state = Event("b", seconds) with { IsReconstructed = true, IssueUpdated = Nine.AddSeconds(seconds) };

        Assert.Equal(expected, EventOrdering.Compare(state, delivery.Applied));
        Assert.Equal(Opposite(expected), EventOrdering.Compare(delivery, state.Applied));
    }

    [Fact]
    public void Compare_AnyTwo_IsAntisymmetric() =>
        Gen.Select(Gen.OneOf(Gen.Const("a"), Gen.Const("b")), Gen.Int[-2, 2], Gen.Bool).Array[2].Sample(two =>
        {
            var events = two.Select(item => Event(item.Item1, item.Item2) with { IsReconstructed = item.Item3, IssueUpdated = Nine.AddSeconds(item.Item2) }).ToArray();
            Assert.Equal(EventOrdering.Compare(events[0], events[1].Applied), Opposite(EventOrdering.Compare(events[1], events[0].Applied)));
        });

    private static EventOrder Opposite(EventOrder order) => order switch { EventOrder.Newer => EventOrder.Older, EventOrder.Older => EventOrder.Newer, _ => order };

    private static JiraEvent Event(string identifier, int? seconds) => new()
    {
        Type = "jira:issue_updated",
        Site = "acme",
        Identifier = identifier,
        MessageId = $"acme:{identifier}",
        Time = seconds is { } some ? Nine.AddSeconds(some) : null,
    };
}
