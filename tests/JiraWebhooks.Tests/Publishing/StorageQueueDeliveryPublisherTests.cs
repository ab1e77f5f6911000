using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Publishing;

public sealed class StorageQueueDeliveryPublisherTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private QueueServiceClient _queues = null!;
    private BlobServiceClient _blobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_queues, _blobs) = await new TestStorage(azurite).QueuesAndBlobsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Publish_SmallBody_IsInTheQueueWithEveryProperty_Decision6()
    {
        var sent = Message("id-1", Encoding.UTF8.GetBytes("""{"text":"Grüße ☃"}""")) with
        {
            IssueKey = "ED-1",
            Retry = 2,
            Flow = "Primary",
            WebhookIds = ",10,11,",
            Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
            Recovered = true,
        };

        await Publisher().PublishAsync(sent, Token);

        var got = Assert.Single(await ReceiveAsync());
        Assert.Equal((sent.MessageId, sent.SessionId, "jira:issue_updated", sent.ContentType), (got.MessageId, got.SessionId, got.Subject, got.ContentType));
        Assert.Equal(sent.Properties().ToDictionary(), got.Properties);
        Assert.Equal(sent.Body.ToArray(), got.Body.ToArray());
    }

    [Theory]
    [InlineData(32 * 1024, false)]
    [InlineData((32 * 1024) + 1, true)]
    [InlineData(3_000_000, true)]
    public async Task Publish_AboveTheThreshold_GoesThroughTheClaimCheckAndReadsBackTheSame_Decision7(int size, bool claimed)
    {
        var body = new byte[size];
        new Random(7).NextBytes(body);

        await Publisher().PublishAsync(Message("id-1", body), Token);

        var got = Assert.Single(await ReceiveAsync());
        Assert.Equal(claimed, got.Properties.ContainsKey(MessageProperties.DataRef));
        Assert.Equal(claimed ? 0 : size, got.Body.ToMemory().Length);
        Assert.Equal(body, (await Reader().ReadAsync(got.Body, got.Properties, Token)).ToArray());
    }

    [Fact]
    public async Task Publish_PropertiesFillTheMessage_GoesThroughTheClaimCheck_Decision7()
    {
        var wide = new string('☃', 2000);
        var sent = Message(wide, new byte[32 * 1024]) with { Type = wide, IssueKey = wide, Flow = wide };

        await Publisher().PublishAsync(sent, Token);

        Assert.True(Assert.Single(await ReceiveAsync()).Properties.ContainsKey(MessageProperties.DataRef));
    }

    [Fact]
    public async Task Publish_TheSameLargeMessageTwice_FindsItsBodyThere_Decision7()
    {
        var body = new byte[40_000];

        await Publisher().PublishAsync(Message("id-1", body), Token);
        await Publisher().PublishAsync(Message("id-1", body), Token);

        Assert.Equal(2, (await ReceiveAsync()).Count);
        Assert.Single(_blobs.GetBlobContainerClient("jira-bodies").GetBlobs(cancellationToken: Token));
    }

    [Fact]
    public async Task Publish_SeveralAtOnce_KeepTheirOrder()
    {
        DeliveryMessage[] messages = [.. Enumerable.Range(1, 5).Select(number => Message($"id-{number}", "{}"u8.ToArray()))];

        await Publisher().PublishAsync(messages, Token);

        Assert.Equal(messages.Select(message => message.MessageId), (await ReceiveAsync()).Select(message => message.MessageId));
    }

    [Theory]
    [InlineData("https://evil.example.com/jira-bodies/acme/x")]
    [InlineData("")]
    public async Task Read_ReferenceOutsideOfTheContainer_IsNotFollowed(string reference) =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Reader().ReadAsync(BinaryData.Empty, new Dictionary<string, object> { [MessageProperties.DataRef] = reference }, Token));

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Parse_NoneOfOurs_SaysSo(string text) =>
        Assert.Throws<FormatException>(() => QueuedDelivery.Parse(BinaryData.FromString(text)));

    private StorageQueueDeliveryPublisher Publisher() => new(
        new LazyQueueClient(_queues, "jira-deliveries"), new ClaimCheck(new LazyContainer(_blobs, "jira-bodies")), StorageQueueDeliveryPublisher.DefaultThreshold);

    private DeliveryBodyReader Reader() => new(_blobs.GetBlobContainerClient("jira-bodies"));

    private async Task<List<QueuedDelivery>> ReceiveAsync()
    {
        var messages = await _queues.GetQueueClient("jira-deliveries").ReceiveMessagesAsync(32, cancellationToken: Token);
        return [.. messages.Value.Select(message => QueuedDelivery.Parse(message.Body))];
    }

    private static DeliveryMessage Message(string identifier, byte[] body) => new()
    {
        Site = "acme",
        Identifier = identifier,
        MessageId = DeliveryIdentity.MessageId("acme", identifier),
        SessionId = "acme:10002",
        Source = "https://acme.atlassian.net",
        Type = "jira:issue_updated",
        Body = body,
    };
}
