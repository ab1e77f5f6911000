using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class FallbackIdentifierTests
{
    private const string Comment = """{"timestamp":1,"webhookEvent":"comment_created","issue":{"id":"1"},"comment":{"id":"2"}}""";

    [Fact]
    [Trait("Rule", "one-identity")]
    public void Describe_NoIdentifier_IsTheSameOnBothPaths()
    {
        var live = DeliveryDescriberTests.Describe(Comment).MessageId;

        Assert.Equal(live, DeliveryDescriberTests.Describe(Comment, ("X-Atlassian-Webhook-Identifier", " ")).MessageId);
        Assert.Equal(live, DeliveryDescriber.DescribeFailed(StubSites.OAuth, "", Encoding.UTF8.GetBytes(Comment), false).MessageId);
    }

    [Fact]
    [Trait("Rule", "one-identity")]
    public void Describe_NoIdentifier_LayoutOfTheBodyIsNoMatter() => Assert.Equal(
        Identifier(Comment),
        Identifier("""{ "comment": {"id":2,"body":"later"}, "issue": {"id":"1"}, "webhookEvent": "comment_created", "timestamp": 1 }"""));

    [Theory]
    [InlineData("""{"timestamp":2,"webhookEvent":"comment_created","issue":{"id":"1"},"comment":{"id":"2"}}""")]
    [InlineData("""{"timestamp":1,"webhookEvent":"comment_updated","issue":{"id":"1"},"comment":{"id":"2"}}""")]
    [InlineData("""{"timestamp":1,"webhookEvent":"comment_created","issue":{"id":"3"},"comment":{"id":"2"}}""")]
    [InlineData("""{"timestamp":1,"webhookEvent":"comment_created","issue":{"id":"1"},"comment":{"id":"3"}}""")]
    [InlineData("""{"timestamp":1,"webhookEvent":"comment_created","issue":{"id":"1"},"worklog":{"id":"2"}}""")]
    [InlineData("""{"timestamp":1,"webhookEvent":"comment_created","issue":{"id":"12"},"comment":{"id":""}}""")]
    [Trait("Rule", "one-identity")]
    public void Describe_NoIdentifier_AnotherEventHasAnother(string other) => Assert.NotEqual(Identifier(Comment), Identifier(other));

    [Theory]
    [InlineData("worklog_updated", """ "worklog":{"id":2} """, """ "worklog":{"id":3} """)]
    [InlineData("jira:issue_updated", """ "changelog":{"id":2} """, """ "changelog":{"id":3} """)]
    [InlineData("comment_created", """ "issue":{"id":"1"},"comment":{"id":"22"} """, """ "issue":{"id":"12"},"comment":{"id":"2"} """)]
    [Trait("Rule", "one-identity")]
    public void Describe_OneIdDiffers_AnotherEventHasAnother(string type, string one, string other) =>
        Assert.NotEqual(Identifier($$"""{"timestamp":1,"webhookEvent":"{{type}}",{{one}}}"""), Identifier($$"""{"timestamp":1,"webhookEvent":"{{type}}",{{other}}}"""));

    [Theory]
    [InlineData("garbage 1", "garbage 2")]
    [InlineData("""{"webhookEvent":"sprint_started","timestamp":1,"sprint":{"id":1}}""", """{"webhookEvent":"sprint_started","timestamp":1,"sprint":{"id":2}}""")]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"id":1,"a":1}}""", """{"webhookEvent":"comment_created","comment":{"id":1,"a":2}}""")]
    [Trait("Rule", "one-identity")]
    public void Describe_NothingPinsTheEventDown_BodyTellsThemApart(string one, string other)
    {
        Assert.Equal(Identifier(one), Identifier(one));
        Assert.NotEqual(Identifier(one), Identifier(other));
    }

    private static string Identifier(string body) => DeliveryDescriberTests.Describe(body).Identifier;
}
