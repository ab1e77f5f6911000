using System.Text;
using JiraWebhooks.Deliveries;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class EnvelopeReaderTests
{
    private const string Updated = """
        {"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic",
        "user":{"self":"https://acme.atlassian.net/rest/api/2/user?accountId=5b1","accountId":"5b1"},
        "issue":{"id":"10002","self":"https://acme.atlassian.net/rest/api/2/issue/10002","key":"ED-1","fields":{"id":"no","key":"no","issue":{"id":"no"}}},
        "changelog":{"id":"10124","items":[{"field":"summary","toString":"a"}]},"matchedWebhookIds":[10,11]}
        """;

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_IssueUpdated_GivesEveryField() => Assert.Equal(
        new EnvelopeSnapshot(
            "jira:issue_updated", 1700000000123, ",10,11,", "10002", "ED-1", "https://acme.atlassian.net/rest/api/2/issue/10002",
            "https://acme.atlassian.net/rest/api/2/user?accountId=5b1", "", "", "", "", "10124", "5b1", "|||||"),
        Read(Updated));

    [Fact]
    [Trait("Rule", "one-identity")]
    public void Read_Comment_GivesItsIdAndHost() => Assert.Equal(
        EnvelopeSnapshot.Nothing with
        {
            Event = "comment_created",
            CommentId = "7",
            CommentSelf = "https://acme.atlassian.net/c/7",
            IssueId = "1",
        },
        Read("""{"webhookEvent":"comment_created","comment":{"self":"https://acme.atlassian.net/c/7","id":"7","author":{"self":"x","id":"y"}},"issue":{"id":"1"}}"""));

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Read_Worklog_GivesItsIssue() => Assert.Equal(
        EnvelopeSnapshot.Nothing with { Event = "worklog_created", WorklogId = "5", WorklogIssueId = "10002" },
        Read("""{"webhookEvent":"worklog_created","worklog":{"id":"5","issueId":"10002"}}"""));

    [Theory]
    [InlineData("""{"changelog":{"id":10124}}""")]
    [InlineData("""{"changelog":{"id":"10124"}}""")]
    [Trait("Rule", "unknown-content")]
    public void Read_ChangelogId_IsNumberOrString(string json) => Assert.Equal("10124", Read(json).ChangelogId);

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_EscapedNamesAndValues_AreUnescaped() =>
        Assert.Equal("jira:issue_updated", Read("""{"webhook\u0045vent":"jira\u003aissue_updated"}""").Event);

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_ByteOrderMark_IsSkipped() => Assert.Equal(Read(Updated), EnvelopeSnapshot.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Updated)]));

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_RepeatedMember_LastCounts()
    {
        var envelope = Read("""{"issue":{"id":"1","key":"ED-1"},"issue":{"key":"ED-2"}}""");

        Assert.Equal("", envelope.IssueId);
        Assert.Equal("ED-2", envelope.IssueKey);
    }

    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public void Read_InvalidUtf8_ElsewhereIsNoMatter_InTheValueIsReplaced()
    {
        byte[] body = [.. "{\"webhookEvent\":\"a"u8, 0xFF, .. "\",\"x\":\""u8, 0xC3, .. "\",\"issue\":{\"id\":\"1\"}}"u8];

        Assert.Equal(EnvelopeSnapshot.Nothing with { Event = "a\uFFFD", IssueId = "1" }, EnvelopeSnapshot.Read(body));
    }

    /// <summary>JSON allows it, .NET throws where it is compared. It is a name like any other that we do not know (docs/jira-behaviour.md#unknown-content).</summary>
    [Theory]
    [InlineData("""{"\ud800":1,"webhookEvent":"a","issue":{"id":"1"}}""")]
    [InlineData("""{"webhookEvent":"a","issue":{"id":"1","\uDC00":{"id":"2"}},"i\ud800ssue":3}""")]
    [InlineData("""{"webhookEvent":"a","issue":{"id":"1"},"user":{"\ud800":[1]},"comment":{"\ud800":1},"worklog":{"\ud800":1},"changelog":{"\ud800":1}}""")]
    [InlineData("""{"webhookEvent":"a","issue":{"id":"1"},"comment":{"author":{"\ud800":1},"updateAuthor":{"\ud800":1}},"worklog":{"author":{"\ud800":1}}}""")]
    [Trait("Decision", "200-after-publish")]
    public void Read_HalfASurrogatePairInAName_IsPassedOver(string json) =>
        Assert.Equal(EnvelopeSnapshot.Nothing with { Event = "a", IssueId = "1" }, Read(json));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"webhookEvent":"a","issue":{"id":"1"}""")]
    [InlineData("""{"webhookEvent":"a"} trailing""")]
    [InlineData("""{"webhookEvent":"a",}""")]
    [Trait("Decision", "200-after-publish")]
    public void Read_NoWholeJsonObject_IsEmpty(string body)
    {
        Assert.Equal(EnvelopeSnapshot.Nothing, Read(body));
        Assert.False(EnvelopeReader.Read(Encoding.UTF8.GetBytes(body)).IsReadable);
    }

    [Theory]
    [InlineData("""{"webhookEvent":5}""")]
    [InlineData("""{"webhookEvent":""}""")]
    [InlineData("""{"webhookEvent":null}""")]
    [InlineData("""{"webhookEvent":"\ud800"}""")]
    [InlineData("{}")]
    [Trait("Decision", "200-after-publish")]
    public void Read_NoEventName_IsReadableAndHasNone(string body)
    {
        var envelope = EnvelopeReader.Read(Encoding.UTF8.GetBytes(body));

        Assert.True(envelope.IsReadable);
        Assert.Equal("", Encoding.UTF8.GetString(envelope.Event));
    }

    [Fact]
    [Trait("Rule", "unknown-content")]
    public void Read_DeepNesting_IsStillRead()
    {
        var json = $$"""{"x":{{new string('[', 100_000)}}{{new string(']', 100_000)}},"webhookEvent":"a"}""";

        Assert.Equal("a", Read(json).Event);
    }

    [Theory]
    [InlineData("[10,11]", ",10,11,")]
    [InlineData("[\"10\",11]", ",10,11,")]
    [InlineData("[]", null)]
    [InlineData("[null,{\"id\":1},[2],1.5,99999999999999999999]", null)]
    [InlineData("{\"10\":11}", null)]
    [InlineData("10", null)]
    [Trait("Decision", "untouched-body")]
    public void Format_WebhookIds_AreDelimitedForLike(string ids, string? expected) =>
        Assert.Equal(expected, Read($$"""{"matchedWebhookIds":{{ids}}}""").WebhookIds);

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Format_TooManyWebhookIds_KeepsWholeIdsThatFit()
    {
        var text = Read($$"""{"matchedWebhookIds":[{{string.Join(',', Enumerable.Range(1_000_000, 500))}}]}""").WebhookIds!;

        Assert.InRange(text.Length, 1000, 1024);
        Assert.All(text.Trim(',').Split(','), id => Assert.Equal(7, id.Length));
        Assert.EndsWith(",", text, StringComparison.Ordinal);
    }

    private static EnvelopeSnapshot Read(string json) => EnvelopeSnapshot.Read(Encoding.UTF8.GetBytes(json));
}
