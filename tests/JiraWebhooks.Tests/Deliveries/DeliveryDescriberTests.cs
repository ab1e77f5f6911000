using System.Diagnostics;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryDescriberTests
{
    private const string Issue = """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"ED-1"},"matchedWebhookIds":[10]}""";

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Describe_IssueEvent_FillsTheMessage()
    {
        var message = Describe(Issue, ("X-Atlassian-Webhook-Identifier", "abc"), ("X-Atlassian-Webhook-Flow", "Primary"), ("X-Atlassian-Webhook-Retry", "2"));

        Assert.Equal(
            new DeliveryMessage
            {
                Site = "acme",
                Identifier = "abc",
                MessageId = "acme:abc",
                SessionId = "acme:10002",
                Source = "https://acme.atlassian.net",
                Type = "jira:issue_updated",
                IssueId = "10002",
                IssueKey = "ED-1",
                Time = DateTimeOffset.FromUnixTimeMilliseconds(1700000000123),
                Flow = "Primary",
                Retry = 2,
                WebhookIds = ",10,",
            },
            message with { Body = default });
    }

    [Fact]
    [Trait("Decision", "one-message-id")]
    [Trait("Rule", "one-identity")]
    public void DescribeFailed_SameIdentifier_HasTheIdentityOfTheLiveDelivery()
    {
        var live = Describe(Issue, ("X-Atlassian-Webhook-Identifier", "abc"));
        var failed = DeliveryDescriber.DescribeFailed(StubSites.OAuth, "abc", Encoding.UTF8.GetBytes(Issue), bodyMissing: false);

        Assert.Equal(live with { Recovered = true, Body = default }, failed with { Body = default });
        Assert.Equal(live.Body.ToArray(), failed.Body.ToArray());
    }

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Properties_LongIdentifier_IsNotCutThroughASurrogatePair()
    {
        var message = DeliveryDescriber.DescribeFailed(StubSites.OAuth, new string('x', 1023) + "😀", default, bodyMissing: true);

        Assert.Equal(new string('x', 1023), message.Properties().Single(property => property.Key == EventProperties.Id).Value);
    }

    [Fact]
    [Trait("Decision", "cursor-follows-publish")]
    public void DescribeFailed_NoBody_IsMarkedAndKeepsItsIdentity()
    {
        var message = DeliveryDescriber.DescribeFailed(StubSites.OAuth, "abc", default, bodyMissing: true);

        Assert.Equal("acme:abc", message.MessageId);
        Assert.True(message.BodyMissing);
        Assert.True(message.Unparsed);
        Assert.True(message.Recovered);
        Assert.Equal("unknown", message.Type);
        Assert.Equal("acme:unknown", message.SessionId);
    }

    [Theory]
    [InlineData("""{"webhookEvent":"worklog_created","worklog":{"id":"5","issueId":"10002"}}""", "acme:10002")]
    [InlineData("""{"webhookEvent":"comment_created","issue":{"id":10002}}""", "acme:10002")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"id":"7","self":"https://acme.atlassian.net/rest/api/2/issue/10002/comment/7"}}""", "acme:10002")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"id":"7","self":"https://acme.atlassian.net/rest/api/2/issue/SHOP-1/comment/7"}}""", "acme:comment")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"id":"7","self":"https://acme.atlassian.net/rest/api/2/comment/7"}}""", "acme:comment")]
    [InlineData("""{"webhookEvent":"sprint_started","sprint":{"id":1}}""", "acme:sprint")]
    [InlineData("""{"webhookEvent":"jira:version_released"}""", "acme:version")]
    [InlineData("""{"webhookEvent":"jira:"}""", "acme:")]
    [InlineData("""{"webhookEvent":"_x"}""", "acme:_x")]
    [InlineData("garbage", "acme:unknown")]
    [Trait("Decision", "untouched-body")]
    public void Describe_SessionId_IsIssueThenWorklogIssueThenFamily(string body, string expected) =>
        Assert.Equal(expected, Describe(body).SessionId);

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Describe_LongIssueId_SessionStaysWithin128() =>
        Assert.InRange(Describe($$$"""{"webhookEvent":"a","issue":{"id":"{{{new string('9', 5000)}}}"}}""").SessionId.Length, 64, 128);

    [Theory]
    [InlineData("https://acme.atlassian.net/rest/api/2/issue/1", false)]
    [InlineData("https://ACME.atlassian.net:443/rest", false)]
    [InlineData("https:\\/\\/acme.atlassian.net\\/rest", false)]
    [InlineData("https://api.atlassian.com/ex/jira/0a1b2c3d-1111-2222-3333-444455556666/rest/api/2/issue/1", false)]
    [InlineData("https://api.atlassian.com/ex/jira/another/rest/api/2/issue/1", true)]
    [InlineData("https://evil.atlassian.net/rest", true)]
    [InlineData("https://acme.atlassian.net@evil.example/rest", true)]
    [InlineData("https://acme.atlassian.net.evil.example", true)]
    [InlineData("not a link", false)]
    [Trait("Decision", "verify-first")]
    public void Describe_SelfOfAnotherSite_IsMarked(string self, bool expected)
    {
        string[] subjects = ["issue", "user", "comment", "worklog", "attachment", "sprint", "board", "version", "project"];
        Assert.All(subjects, subject => Assert.Equal(expected, Describe($$$"""{"webhookEvent":"a","{{{subject}}}":{"self":"{{{self}}}"}}""").SiteMismatch));
    }

    /// <summary>Worklogs, and comments of older bodies, have no issue, but contain its id. An issue link has two issues and names neither.</summary>
    [Theory]
    [InlineData("""{"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"ED-1"}}""", "10002")]
    [InlineData("""{"webhookEvent":"worklog_created","worklog":{"id":"5","issueId":10002}}""", "10002")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"self":"https://acme.atlassian.net/rest/api/2/issue/10002/comment/7"}}""", "10002")]
    [InlineData("""{"webhookEvent":"comment_created","issue":{"id":"1"},"comment":{"self":"https://acme.atlassian.net/rest/api/2/issue/10002/comment/7"}}""", "1")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"self":"https://acme.atlassian.net/issue/1/rest/api/2/issue/10002/comment/7"}}""", "10002")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"self":"https://acme.atlassian.net/rest/api/2/issue//comment/7"}}""", null)]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"self":"https://acme.atlassian.net/rest/api/2/issue/10002"}}""", null)]
    [InlineData("""{"webhookEvent":"issuelink_created","issueLink":{"id":1,"sourceIssueId":2,"destinationIssueId":3}}""", null)]
    [InlineData("garbage", null)]
    [Trait("Decision", "untouched-body")]
    public void Describe_IssueId_IsAProperty(string body, string? expected) =>
        Assert.Equal(expected, Property(Describe(body), EventProperties.IssueId));

    [Theory]
    [InlineData("""{"issue":{"id":"1"}}""", false, true)]
    [InlineData("""{"webhookEvent":5,"issue":{"id":"1"}}""", false, true)]
    [InlineData("""{"webhookEvent":"a"}""", false, false)]
    [InlineData("""{"webhookEvent":"a"}x""", true, false)]
    [InlineData("[]", true, false)]
    [InlineData("", true, false)]
    [Trait("Decision", "200-after-publish")]
    public void Describe_BodyWithoutEvent_HasAnotherMarkThanABodyThatIsNoObject(string body, bool unparsed, bool eventMissing)
    {
        var message = Describe(body);

        Assert.Equal(unparsed ? true : null, Property(message, EventProperties.Unparsed));
        Assert.Equal(eventMissing ? true : null, Property(message, EventProperties.EventMissing));
    }

    /// <summary>Jira writes a number. A date in another form costs at most the time, never the delivery.</summary>
    [Theory]
    [InlineData("1700000000123", "2023-11-14T22:13:20.123Z")]
    [InlineData("\"1700000000123\"", "2023-11-14T22:13:20.123Z")]
    [InlineData("\"2023-11-14T22:13:20.123+0000\"", "2023-11-14T22:13:20.123Z")]
    [InlineData("\"2023-11-14T23:13:20.123+01:00\"", "2023-11-14T22:13:20.123Z")]
    [InlineData("\"2023-11-14T22:13:20Z\"", "2023-11-14T22:13:20.000Z")]
    [InlineData("\"14 November 2023\"", null)]
    [InlineData("\"2023-99-99T00:00:00Z\"", null)]
    [InlineData("\"99999999999999999999\"", null)]
    [InlineData("9223372036854775807", null)]
    [InlineData("1.7e12", null)]
    [InlineData("true", null)]
    [InlineData("{}", null)]
    [Trait("Rule", "unknown-content")]
    public void Describe_Timestamp_IsReadInEveryForm(string timestamp, string? expected)
    {
        var message = Describe($$"""{"timestamp":{{timestamp}},"webhookEvent":"a"}""");

        Assert.Equal("a", message.Type);
        Assert.Equal(expected, Property(message, EventProperties.Time));
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("-1", 0)]
    [InlineData("many", 0)]
    [InlineData("99999999999", 0)]
    [InlineData("", 0)]
    [Trait("Decision", "untouched-body")]
    public void Describe_OddRetryHeader_NeverFails(string header, int expected) =>
        Assert.Equal(expected, Describe(Issue, ("X-Atlassian-Webhook-Retry", header)).Retry);

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Describe_LongTexts_AreCutAt1024WithoutHalfCharacters()
    {
        var longText = new string('a', 1023) + "😀" + new string('b', 5000);
        var message = Describe(
            $$$"""{"webhookEvent":"{{{longText}}}","issue":{"key":"{{{longText}}}"}}""", ("X-Atlassian-Webhook-Flow", longText), ("Content-Type", longText));

        Assert.All([message.Type, message.IssueKey!, message.Flow!, message.ContentType], text => Assert.Equal(new string('a', 1023), text));
    }

    [Theory]
    [InlineData("99999999999999999")]
    [InlineData("-99999999999999999")]
    [InlineData("1e30")]
    [InlineData("\"soon\"")]
    [Trait("Decision", "untouched-body")]
    public void Describe_ImpossibleTimestamp_HasNoTime(string timestamp) =>
        Assert.Null(Describe($$"""{"webhookEvent":"a","timestamp":{{timestamp}}}""").Time);

    [Fact]
    [Trait("Decision", "untouched-body")]
    public void Describe_WithinAnActivity_CarriesItsTraceParent()
    {
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.Equal(activity.Id, Describe(Issue).TraceParent);
    }

    internal static DeliveryMessage Describe(string body, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers) dictionary[name] = value;
        return DeliveryDescriber.Describe(StubSites.OAuth, DeliveryHeaders.Of(dictionary), Encoding.UTF8.GetBytes(body));
    }

    private static object? Property(DeliveryMessage message, string name) => message.Properties().SingleOrDefault(property => property.Key == name).Value;
}
