using JiraWebhooks.Recovery;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>A poll of a site with a failed list has two parts, and none of them may hide what the other reports.</summary>
public sealed class SitePollTests
{
    private static readonly DateTimeOffset Since = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static readonly SitePoll List = new("globex") { Recovered = 3, Skipped = 2, Cursor = Since, Losses = [new(Loss.OldCursor, "of the list")] };

    [Fact]
    public void And_BothParts_AreReported()
    {
        var both = List.And(new SitePoll("globex")
        {
            Recovered = 4,
            Found = 4,
            Repeated = 1,
            SearchedFrom = Since.AddHours(-1),
            IsRepeat = true,
            Unfinished = true,
            RetryAfter = TimeSpan.FromMinutes(5),
            Losses = [new(Loss.OldCursor, "of the search")],
        });

        Assert.Equal(7, both.Recovered);
        Assert.Equal(2, both.Skipped);
        Assert.Equal(4, both.Found);
        Assert.Equal(1, both.Repeated);
        Assert.Equal(Since, both.Cursor);
        Assert.Equal(Since.AddHours(-1), both.SearchedFrom);
        Assert.True(both.IsRepeat);
        Assert.True(both.Unfinished);
        Assert.Equal(TimeSpan.FromMinutes(5), both.RetryAfter);
        Assert.Equal(["of the list", "of the search"], both.Losses.Select(loss => loss.Words));
    }

    [Fact]
    public void PossibleLoss_WithAndWithoutLosses_SaysWhetherThereAreSome()
    {
        Assert.True(List.PossibleLoss);
        Assert.False(new SitePoll("globex").PossibleLoss);
    }

    [Fact]
    public void Note_AfterASearch_SaysWhatItCannotFind()
    {
        Assert.Null(List.Note);
        var note = (List with { SearchedFrom = Since }).Note;
        Assert.Contains("jira_reconstructed", note, StringComparison.Ordinal);
        Assert.EndsWith("Deletions, and states in between, cannot be found.", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("The list failed.", null, "The list failed.")]
    [InlineData(null, "The search failed.", "The search failed.")]
    [InlineData("The list failed.", "The search failed.", "The list failed. The search failed.")]
    public void And_Problems_AreKept(string? ofTheList, string? ofTheSearch, string? expected) =>
        Assert.Equal(expected, (List with { Problem = ofTheList }).And(new SitePoll("globex") { Problem = ofTheSearch }).Problem);
}
