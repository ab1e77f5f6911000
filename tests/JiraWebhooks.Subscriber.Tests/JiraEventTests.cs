using Azure.Messaging.ServiceBus;
using CsCheck;

namespace JiraWebhooks.Subscriber.Tests;

public sealed class JiraEventTests
{
    private const string Updated = """
        {
          "webhookEvent": "jira:issue_updated", "timestamp": 1767603600000,
          "user": { "accountId": "5b1", "later": true },
          "issue": { "id": "10010", "key": "SHOP-1", "fields": { "updated": "2026-01-05T10:00:00.123+0100" } },
          "changelog": { "id": "7", "items": [
            { "field": "status", "fieldId": "status", "from": "1", "fromString": "Open", "to": "2", "toString": "Done" },
            { "field": "labels", "fieldId": "labels", "from": null, "fromString": "", "to": null, "toString": "new" } ] },
          "laterField": [1, { "a": 2 }]
        }
        """;

    [Fact]
    public void Read_Message_HasItsPropertiesAndThoseOfTheBody()
    {
        var read = JiraEvent.Read(Message(Updated, new()
        {
            [EventProperties.Type] = "jira:issue_updated",
            [EventProperties.Site] = "acme",
            [EventProperties.Id] = "i-1",
            [EventProperties.IssueId] = "10010",
            [EventProperties.Subject] = "SHOP-1",
            [EventProperties.Time] = "2026-01-05T09:00:00.000Z",
            [EventProperties.WebhookIds] = ",10,11,",
            [EventProperties.Retry] = 2,
            [EventProperties.Recovered] = true,
            [EventProperties.OwnChange] = true,
        }));

        Assert.Equal("jira:issue_updated", read.Type);
        Assert.Equal("acme", read.Site);
        Assert.Equal("i-1", read.Identifier);
        Assert.Equal("acme:i-1", read.MessageId);
        Assert.Equal("acme:10010", read.SessionId);
        Assert.Equal("10010", read.IssueId);
        Assert.Equal("SHOP-1", read.IssueKey);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero), read.Time);
        Assert.Equal([10, 11], read.WebhookIds);
        Assert.Equal(2, read.Retry);
        Assert.True(read.IsRecovered);
        Assert.True(read.IsOwnChange);
        Assert.False(read.IsReconstructed);
        Assert.Null(read.BodyProblem);
        Assert.Equal("5b1", read.ActorAccountId);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 9, 0, 0, 123, TimeSpan.Zero), read.IssueUpdated);
        Assert.Equal(
            [new ChangelogItem("status", "status", "1", "Open", "2", "Done"), new ChangelogItem("labels", "labels", null, "", null, "new")],
            read.Changelog);
    }

    [Theory]
    [InlineData("""{"comment":{"id":7,"author":{"accountId":"a"},"updateAuthor":{"accountId":"b"}}}""", "comment_updated", "7", null, "b")]
    [InlineData("""{"comment":{"id":"7","author":{"accountId":"a"}}}""", "comment_created", "7", null, "a")]
    [InlineData("""{"comment":{"id":"7","author":{"accountId":"a"}}}""", "comment_deleted", "7", null, null)]
    [InlineData("""{"worklog":{"id":"8","author":{"accountId":"a"}}}""", "worklog_created", null, "8", "a")]
    [InlineData("""{"attachment":{"author":{"accountId":"a"}}}""", "attachment_created", null, null, "a")]
    [InlineData("""{"user":{"accountId":"a"}}""", "user_updated", null, null, null)]
    [InlineData("""{"later":1}""", "later_event", null, null, null)]
    public void Read_EventOfAnotherFamily_NamesItsSubjectAndActor(string body, string type, string? comment, string? worklog, string? actor)
    {
        var read = JiraEvent.Read(Message(body, new() { [EventProperties.Type] = type }));

        Assert.Equal(comment, read.CommentId);
        Assert.Equal(worklog, read.WorklogId);
        Assert.Equal(actor, read.ActorAccountId);
        Assert.Null(read.BodyProblem);
    }

    [Fact]
    public void Read_ReconstructedState_IsTheIssueItself()
    {
        var read = JiraEvent.Read(Message("""{"id":"10010","key":"SHOP-1","fields":{"updated":"2026-01-05T09:00:00.000+0000"}}""", new() { [EventProperties.Reconstructed] = true }));

        Assert.True(read.IsReconstructed);
        Assert.Equal("10010", read.IssueId);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero), read.IssueUpdated);
    }

    [Theory]
    [InlineData("", "The body is empty.")]
    [InlineData("[1]", "The body is not a JSON object.")]
    [InlineData("{\"a\":", "The body is not valid JSON, or has more than 256 levels, at byte")]
    [InlineData("\u0000", "The body is not valid JSON, or has more than 256 levels, at byte 0 of line 1.")]
    public void Read_OddBody_IsToldAndNotThrown(string body, string problem) =>
        Assert.StartsWith(problem, JiraEvent.Read(Message(body, [])).BodyProblem, StringComparison.Ordinal);

    /// <summary>The app reads such a body, and publishes it byte for byte.</summary>
    [Fact]
    public void Read_ByteOrderMark_IsNoPartOfTheJson()
    {
        var read = JiraEvent.Read(Message("\uFEFF" + Updated, []));

        Assert.Null(read.BodyProblem);
        Assert.Equal("SHOP-1", read.IssueKey);
        Assert.Equal("\uFEFF" + Updated, System.Text.Encoding.UTF8.GetString(read.Body.ToMemory().Span));
        Assert.Equal("The body is not valid JSON, or has more than 256 levels, at byte 5 of line 1.", JiraEvent.Read(Message("\uFEFF{ !}", [])).BodyProblem);
    }

    /// <summary>The framework needs hours for a body of millions of levels.</summary>
    [Fact]
    public void Read_DeeplyNestedBody_IsToldAtItsFirstLevelTooMany()
    {
        var deep = new string('[', 1_000_000) + new string(']', 1_000_000);
        var read = JiraEvent.Read(Message($$$"""{"later":{{{deep}}}}""", []));

        Assert.Equal("The body is not valid JSON, or has more than 256 levels, at byte 264 of line 1.", read.BodyProblem);
    }

    [Fact]
    public void Read_BodyThatJiraDidNotKeep_SaysSo() =>
        Assert.Equal("Jira kept no body of this delivery.", JiraEvent.Read(Message("", new() { [EventProperties.BodyState] = "missing" })).BodyProblem);

    [Fact]
    public void Read_ClaimCheck_HasNoBodyYet()
    {
        var read = JiraEvent.Read(Message("", new() { [EventProperties.DataRef] = "https://x.blob.core.windows.net/jira-bodies/acme/0" }));

        Assert.True(read.IsClaimCheck);
        Assert.Null(read.BodyProblem);
        Assert.False(read.WithBody(BinaryData.FromString(Updated)).IsClaimCheck);
        Assert.Equal(2, read.WithBody(BinaryData.FromString(Updated)).Changelog.Count);
    }

    [Fact]
    public void Read_AnyBodyAndProperties_NeverThrows()
    {
        var names = typeof(EventProperties).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToArray();
        var value = Gen.OneOf<object>(Gen.String.Select(text => (object)text), Gen.Int.Select(number => (object)number),
            Gen.Bool.Select(flag => (object)flag), Gen.Long.Select(number => (object)number));
        Gen.Select(Gen.Byte.Array, Gen.Select(Gen.Int[0, names.Length - 1].Select(index => names[index]), value).Array[0, 8],
            Gen.OneOf(Gen.Const(""), Gen.Const(Updated), Gen.Const("{\"issue\":1,\"comment\":[],\"changelog\":{\"items\":{}}}")))
            .Sample((bytes, properties, text) =>
            {
                var body = text.Length > 0 ? BinaryData.FromString(text) : BinaryData.FromBytes(bytes);
                var map = new Dictionary<string, object>();
                foreach (var (name, item) in properties) map[name] = item;
                var read = JiraEvent.Read(ServiceBusModelFactory.ServiceBusReceivedMessage(body, messageId: "m", properties: map));
                Assert.NotNull(read.ToString());
            });
    }

    [Fact]
    public void ReadQueueMessage_TextOfTheQueue_IsTheSameEvent()
    {
        var text = $$"""{"messageId":"acme:1","sessionId":"acme:10010","subject":"jira:issue_updated","contentType":"application/json","properties":{"site":"acme","cloudEvents_type":"jira:issue_updated","jira_retry":1},"body":"{{Convert.ToBase64String("{\"issue\":{\"id\":\"10010\"}}"u8)}}"}""";

        var read = JiraEvent.ReadQueueMessage(BinaryData.FromString(text));

        Assert.Equal("acme:1", read.MessageId);
        Assert.Equal("10010", read.IssueId);
        Assert.Equal(1, read.Retry);
        Assert.Throws<FormatException>(() => JiraEvent.ReadQueueMessage(BinaryData.FromString("{}")));
    }

    [Theory]
    [InlineData("""{"messageId":"m","sessionId":"s","subject":"x","contentType":"y","properties":{"site":"acme","site":"acme"},"body":""}""")]
    [InlineData("""{"messageId":"m","sessionId":"s","subject":"x","contentType":"y","properties":{"jira_retry":0.5},"body":""}""")]
    [InlineData("""{"messageId":"m","sessionId":"s","subject":"x","contentType":"y","properties":[],"body":""}""")]
    [InlineData("""{"messageId":"\ud83d","sessionId":"s","subject":"x","contentType":"y","properties":{},"body":""}""")]
    [InlineData("""{"messageId":"m","sessionId":"s","subject":"x","contentType":"y","properties":{},"body":"!"}""")]
    public void ReadQueueMessage_OtherText_IsAFormatException(string text) =>
        Assert.Throws<FormatException>(() => JiraEvent.ReadQueueMessage(BinaryData.FromString(text)));

    [Fact]
    public void Read_NamesWithHalfACharacter_AreLeftOut()
    {
        var read = JiraEvent.Read(Message("""{"\ud83d":1,"issue":{"id":"10010","key":"SHOP-1","\ud83d":1}}""", []));

        Assert.Equal("10010", read.IssueId);
        Assert.Equal("SHOP-1", read.IssueKey);
    }

    private static ServiceBusReceivedMessage Message(string body, Dictionary<string, object> properties) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(BinaryData.FromString(body), messageId: "acme:i-1", sessionId: "acme:10010", properties: properties);
}
