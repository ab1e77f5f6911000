using System.Text.Json;
using JiraWebhooks.Recovery;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>What a search finds is published whatever form it has: only an issue without an id cannot be.</summary>
public sealed class FoundIssueTests
{
    private const long Updated = 1_700_000_000_123;

    [Theory]
    [InlineData("""{"id":"10002","key":"SHOP-2","fields":{"updated":"2023-11-14T22:13:20.123+0000"}}""", "10002", "SHOP-2", Updated)]
    [InlineData("""{"id":10002,"key":7,"fields":{"updated":"2023-11-14T22:13:20.123+0000"}}""", "10002", "7", Updated)]
    [InlineData("""{"id":"10002","key":null,"fields":{"updated":5}}""", "10002", null, 0)]
    [InlineData("""{"id":"10002","key":["x"],"fields":{"updated":"yesterday"}}""", "10002", null, 0)]
    [InlineData("""{"id":"10002","fields":{}}""", "10002", null, 0)]
    [InlineData("""{"id":"10002","fields":"none"}""", "10002", null, 0)]
    [InlineData("""{"id":"10002"}""", "10002", null, 0)]
    [InlineData("""{"id":"10002","key":"\ud83d","fields":{"updated":"\ud83d"}}""", "10002", null, 0)]
    [InlineData("""{"\ud83d":1,"id":"10002","fields":{"\ud83d":1}}""", "10002", null, 0)]
    [InlineData("""{"id":"10002","fields":{"updated":"2023-11-14T22:13:20.123+0000","\ud83d":1},"\ud83d":1}""", "10002", null, Updated)]
    [InlineData("""{"id":"10002","fields":{"updated":"0001-01-01T00:00:00.000+0000"}}""", "10002", null, 0)]
    public void Describe_AnyForm_HasTheIdentityOfItsState(string json, string id, string? key, long updated)
    {
        var message = FoundIssue.Describe(StubSites.OAuth, JsonElement.Parse(json))!;

        Assert.Equal($"{StubSites.OAuth.Id}:search:{id}:{updated}", message.MessageId);
        Assert.Equal($"{StubSites.OAuth.Id}:{id}", message.SessionId);
        Assert.Equal(id, message.IssueId);
        Assert.Equal(key, message.IssueKey);
        Assert.Equal(updated == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(updated), message.Time);
        Assert.True(message.Recovered);
        Assert.True(message.Reconstructed);
        Assert.Equal(json, System.Text.Encoding.UTF8.GetString(message.Body.Span));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":null}""")]
    [InlineData("""{"id":"\ud83d"}""")]
    [InlineData("""{"id":{"of":"issue"}}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Describe_WithoutAnId_IsNoMessage(string json) => Assert.Null(FoundIssue.Describe(StubSites.OAuth, JsonElement.Parse(json)));

    [Fact]
    public void NewestOf_APage_IgnoresIssuesWithoutATime()
    {
        JsonElement[] page =
        [
            JsonElement.Parse("null"), JsonElement.Parse("""{"id":"1"}"""), JsonElement.Parse("""{"id":"2","fields":{"updated":"2023-11-14T22:13:20.123+0000"}}"""),
            JsonElement.Parse("""{"id":"3","fields":{"updated":"2023-11-14T21:00:00.000+0000"}}"""),
        ];

        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Updated), FoundIssue.NewestOf(page));
        Assert.Null(FoundIssue.NewestOf(page[..2]));
    }
}
