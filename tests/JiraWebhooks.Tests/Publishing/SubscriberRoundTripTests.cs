using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.Tests.Publishing;

/// <summary>What the publisher writes is what the subscriber's package reads.</summary>
public sealed class SubscriberRoundTripTests
{
    private static readonly DeliveryMessage Everything = new()
    {
        Site = "acme",
        Identifier = "i-1",
        MessageId = "acme:i-1",
        SessionId = "acme:10010",
        Source = "https://acme.atlassian.net",
        Type = "jira:issue_updated",
        IssueId = "10010",
        IssueKey = "SHOP-1",
        Time = new DateTimeOffset(2026, 1, 5, 9, 0, 0, 5, TimeSpan.Zero),
        Flow = "Primary",
        Retry = 3,
        WebhookIds = ",10,11,",
        SiteMismatch = true,
        UnknownWebhook = true,
        OwnChange = true,
        Recovered = true,
        Reconstructed = true,
        Body = """{"id":"10010"}"""u8.ToArray(),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_PublishedMessage_IsTheSame(bool onTheBus)
    {
        var read = Read(Everything, onTheBus);

        Assert.Equal(Everything.Site, read.Site);
        Assert.Equal(Everything.Identifier, read.Identifier);
        Assert.Equal(Everything.MessageId, read.MessageId);
        Assert.Equal(Everything.SessionId, read.SessionId);
        Assert.Equal(Everything.Type, read.Type);
        Assert.Equal(Everything.IssueId, read.IssueId);
        Assert.Equal(Everything.IssueKey, read.IssueKey);
        Assert.Equal(Everything.Time, read.Time);
        Assert.Equal(Everything.Retry, read.Retry);
        Assert.Equal([10, 11], read.WebhookIds);
        Assert.True(read.IsOfAnotherSite);
        Assert.True(read.IsOfUnknownWebhook);
        Assert.True(read.IsOwnChange);
        Assert.True(read.IsRecovered);
        Assert.True(read.IsReconstructed);
        Assert.Equal(Everything.Body.ToArray(), read.Body.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_MessageWithoutMarks_HasNone(bool onTheBus)
    {
        var read = Read(new DeliveryMessage { Site = "acme", Identifier = "1", MessageId = "acme:1", SessionId = "s", Source = "https://x", Type = "unknown", Body = "{}"u8.ToArray() }, onTheBus);

        Assert.False(read.IsOfAnotherSite || read.IsOfUnknownWebhook || read.IsOwnChange || read.IsRecovered || read.IsReconstructed || read.IsRedriven || read.IsBodyMissing);
        Assert.Empty(read.WebhookIds);
        Assert.Null(read.Time);
        Assert.Null(read.IssueId);
    }

    private static JiraEvent Read(DeliveryMessage message, bool onTheBus)
    {
        if (!onTheBus) return JiraEvent.ReadQueueMessage(BinaryData.FromBytes(QueueMessages.Write(message, null)));

        var sent = ServiceBusMessages.Of(message, null);
        return JiraEvent.Read(ServiceBusModelFactory.ServiceBusReceivedMessage(sent.Body, sent.MessageId,
            sessionId: sent.SessionId, subject: sent.Subject, properties: sent.ApplicationProperties));
    }
}
