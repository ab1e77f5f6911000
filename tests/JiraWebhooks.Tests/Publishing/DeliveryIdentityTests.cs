using JiraWebhooks.Publishing;

namespace JiraWebhooks.Tests.Publishing;

public sealed class DeliveryIdentityTests
{
    [Fact]
    [Trait("Decision", "one-message-id")]
    public void MessageId_ShortIdentifier_IsSiteAndIdentifier() =>
        Assert.Equal("acme:abc", DeliveryIdentity.MessageId("acme", "abc"));

    [Theory]
    [InlineData(123, 128)]
    [InlineData(124, 4 + 1 + 64)]
    [InlineData(5_000, 4 + 1 + 64)]
    [Trait("Decision", "one-message-id")]
    public void MessageId_LongIdentifier_IsHashedToFit(int identifierLength, int expectedLength) =>
        Assert.Equal(expectedLength, DeliveryIdentity.MessageId("acme", new string('x', identifierLength)).Length);
}
