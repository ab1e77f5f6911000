using JiraWebhooks.Runs;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Health;

public sealed class SiteTurnTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Storage says its time in whole seconds, and a row has fractions. A row of another clock must not hold a site back for months.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(1, false)]
    [InlineData(1.1, true)]
    public void IsDue_SavedLaterThanNow_OnlyByAnotherClock(double secondsAhead, bool expected)
    {
        var turn = new SiteTurn(StubSites.OAuth) { At = Now.AddSeconds(secondsAhead), NotBefore = Now.AddMinutes(10) };

        Assert.Equal(expected, turn.IsDue(every: null, fingerprint: null, Now));
    }
}
