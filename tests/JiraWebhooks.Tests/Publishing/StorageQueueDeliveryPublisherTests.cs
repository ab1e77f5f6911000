using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriber;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Publishing;

public sealed class StorageQueueDeliveryPublisherTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private QueueServiceClient _queues = null!;
    private BlobServiceClient _blobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_queues, _blobs) = await new TestStorage(azurite).QueuesAndBlobsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>By default a queue message is deleted after seven days.</summary>
    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_AMessage_NeverExpires()
    {
        await Publisher().PublishAsync(Message("id-1", "{}"u8.ToArray()), Token);

        Assert.Equal(9999, (await _queues.GetQueueClient("jira-deliveries").PeekMessageAsync(Token)).Value.ExpiresOn!.Value.Year);
    }

    [Fact]
    [Trait("Decision", "untouched-body")]
    public async Task Publish_SmallBody_IsInTheQueueWithEveryProperty()
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
        Assert.Equal(sent.MessageId, got.MessageId);
        Assert.Equal(sent.SessionId, got.SessionId);
        Assert.Equal("jira:issue_updated", got.Subject);
        Assert.Equal(sent.ContentType, got.ContentType);
        Assert.Equal(sent.Properties().ToDictionary(), got.Properties);
        Assert.Equal(sent.Body.ToArray(), got.Body.ToArray());
    }

    [Theory]
    [InlineData(32 * 1024, false)]
    [InlineData((32 * 1024) + 1, true)]
    [InlineData(3_000_000, true)]
    [Trait("Decision", "claim-check")]
    public async Task Publish_AboveTheThreshold_GoesThroughTheClaimCheckAndReadsBackTheSame(int size, bool claimed)
    {
        var body = new byte[size];
        new Random(7).NextBytes(body);

        await Publisher().PublishAsync(Message("id-1", body), Token);

        var got = Assert.Single(await ReceiveAsync());
        Assert.Equal(claimed, got.Properties.ContainsKey(EventProperties.DataRef));
        Assert.Equal(claimed ? 0 : size, got.Body.ToMemory().Length);
        Assert.Equal(body, (await Reader().ReadAsync(got, Token)).ToArray());
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_PropertiesFillTheMessage_GoesThroughTheClaimCheck()
    {
        var wide = new string('☃', 2000);
        var sent = Message(wide, new byte[32 * 1024]) with { Type = wide, IssueKey = wide, Flow = wide };

        await Publisher().PublishAsync(sent, Token);

        Assert.True(Assert.Single(await ReceiveAsync()).Properties.ContainsKey(EventProperties.DataRef));
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_TheSameLargeMessageTwice_FindsItsBodyThere()
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

    /// <summary>A publisher that outlives what it publishes to must not wait for a restart.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(40_000)]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_QueueAndContainerWereDeleted_FailsOnceAndCreatesThemAgain(int size)
    {
        var publisher = Publisher();
        await publisher.PublishAsync(Message("id-1", new byte[40_000]), Token);
        await _queues.GetQueueClient("jira-deliveries").DeleteAsync(Token);
        await _blobs.GetBlobContainerClient("jira-bodies").DeleteAsync(cancellationToken: Token);

        // A large one needs both, and finds them missing one after the other.
        for (var missing = size > 32 * 1024 ? 2 : 1; missing > 0; missing--)
        {
            await Assert.ThrowsAsync<RequestFailedException>(() => publisher.PublishAsync(Message("id-2", new byte[size]), Token));
        }

        await publisher.PublishAsync(Message("id-2", new byte[size]), Token);

        var got = Assert.Single(await ReceiveAsync());
        Assert.Equal(size, (await Reader().ReadAsync(got, Token)).ToMemory().Length);
    }

    /// <summary>CONTAINER stands for the container's address.</summary>
    [Theory]
    [InlineData("https://evil.example.com/jira-bodies/acme/HASH")]
    [InlineData("")]
    [InlineData("CONTAINER")]
    [InlineData("CONTAINER/")]
    [InlineData("CONTAINER/acme")]
    [InlineData("CONTAINER/acme/x")]
    [InlineData("CONTAINER/../secrets/x")]
    [InlineData("CONTAINER/../secrets/HASH")]
    [InlineData("CONTAINER/acme/../../secrets/HASH")]
    [InlineData("CONTAINER/%2e%2e/secrets/HASH")]
    [InlineData("CONTAINER/%2e%2e%2fsecrets%2fHASH")]
    [InlineData("CONTAINER/..%2fHASH")]
    [InlineData("CONTAINER/acme%2fHASH")]
    [InlineData("CONTAINER/acme/HASH?comp=x")]
    [InlineData("CONTAINER/acme/HASH\n")]
    [InlineData("CONTAINER/ACME/HASH")]
    [InlineData("CONTAINER-secret/acme/HASH")]
    public async Task Read_ReferenceToAnythingButABody_IsNotFollowed(string reference)
    {
        var text = reference
            .Replace("CONTAINER", _blobs.GetBlobContainerClient("jira-bodies").Uri.AbsoluteUri, StringComparison.Ordinal)
            .Replace("HASH", new string('a', 64), StringComparison.Ordinal);

        await Assert.ThrowsAsync<ArgumentException>(() =>
            Reader().LoadAsync(new JiraEvent { Type = "t", Site = "acme", Identifier = "1", MessageId = "1", DataRef = new Uri(text, UriKind.RelativeOrAbsolute) }, Token));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Parse_NoneOfOurs_SaysSo(string text) =>
        Assert.Throws<FormatException>(() => QueuedDelivery.Parse(BinaryData.FromString(text)));

    private StorageQueueDeliveryPublisher Publisher() => new(
        new LazyQueueClient(_queues, "jira-deliveries"), new ClaimCheck(new LazyContainer(_blobs, "jira-bodies")), StorageQueueDeliveryPublisher.DefaultThreshold);

    private JiraBodies Reader() => new(_blobs.GetBlobContainerClient("jira-bodies"));

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
