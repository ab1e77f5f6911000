using System.Text;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryReceiverTests
{
    private readonly ReceiverHarness _harness = new();

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_OAuthDelivery_IsPublishedUntouchedBefore200()
    {
        var answered = await _harness.SendAsync(_harness.Request(StubSites.OAuth));

        Assert.Equal(200, answered.Status);
        Assert.Equal("", answered.Text);
        var message = Assert.Single(_harness.Publisher.Messages);
        Assert.Equal(ReceiverHarness.Body, message.Body.ToArray());
        Assert.Equal("acme", message.Site);
        Assert.Equal("id-1", message.Identifier);
        Assert.Equal("acme:id-1", message.MessageId);
        Assert.Equal("acme:10002", message.SessionId);
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_HubDelivery_IsPublished()
    {
        var answered = await _harness.SendAsync(_harness.Request(StubSites.Admin));

        Assert.Equal(200, answered.Status);
        Assert.Single(_harness.Publisher.Messages);
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_BodyChangedAfterSigning_Is401AndNotPublished()
    {
        var context = _harness.Request(StubSites.Admin);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ReceiverHarness.Body).Replace("ED-1", "ED-2", StringComparison.Ordinal)));

        Assert.Equal(401, (await _harness.SendAsync(context)).Status);
        Assert.Empty(_harness.Publisher.Messages);
    }

    [Fact]
    [Trait("Rule", "health-per-site")]
    public async Task ReceiveAsync_Accepted_IsRememberedAsLastDelivery()
    {
        await _harness.SendAsync(_harness.Request(StubSites.OAuth));

        Assert.Equal(_harness.Clock.GetUtcNow(), _harness.Activity.Accepted["acme"]);
    }
}
