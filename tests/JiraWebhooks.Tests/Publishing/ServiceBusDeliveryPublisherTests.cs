using Azure.Messaging.ServiceBus;
using JiraWebhooks.Publishing;
using JiraWebhooks.Subscriber;

namespace JiraWebhooks.Tests.Publishing;

public sealed class ServiceBusDeliveryPublisherTests : IAsyncDisposable
{
    private const int Threshold = 1000;

    private readonly FakeSender _sender = new();
    private readonly FakeClaimCheck _claims = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ServiceBusDeliveryPublisher Publisher => new(() => _sender, _claims, Threshold);

    // The SDK's sender would close a link that this one never had.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    [Trait("Decision", "untouched-body")]
    [Trait("Rule", "no-order")]
    public async Task Publish_ADelivery_MapsEverything()
    {
        var message = Message("id-1", 10) with { IssueKey = "ED-1", Retry = 2, Flow = "Primary", WebhookIds = ",10,11,", Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123) };

        await Publisher.PublishAsync(message, Token);

        var sent = Assert.Single(_sender.Sent);
        Assert.Equal("acme:id-1", sent.MessageId);
        Assert.Equal("acme:10002", sent.SessionId);
        Assert.Equal("jira:issue_updated", sent.Subject);
        Assert.Equal("application/json; charset=utf-8", sent.ContentType);
        Assert.Equal(message.Properties().OrderBy(property => property.Key), sent.ApplicationProperties.OrderBy(property => property.Key));
        Assert.Equal("2023-11-14T22:13:20.123Z", sent.ApplicationProperties["cloudEvents_time"]);
        Assert.Equal(message.Body.ToArray(), sent.Body.ToArray());
        Assert.Null(sent.PartitionKey);
    }

    [Theory]
    [InlineData(Threshold, 0)]
    [InlineData(Threshold + 1, 1)]
    [Trait("Decision", "claim-check")]
    public async Task Publish_AboveTheThreshold_IsClaimChecked(int size, int claims)
    {
        await Publisher.PublishAsync(Message("id-1", size), Token);
        await Publisher.PublishAsync([Message("id-2", size)], Token);

        Assert.Equal(2 * claims, _claims.Stored.Count);
        Assert.All(_sender.Sent, sent => Assert.Equal(claims == 0 ? size : 0, sent.Body.ToMemory().Length));
        Assert.All(_sender.Sent, sent => Assert.Equal(claims == 1, sent.ApplicationProperties.ContainsKey(EventProperties.DataRef)));
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_BusSaysTooLarge_IsClaimCheckedOnceAndSentAgain()
    {
        _sender.MaxBody = 5;

        await Publisher.PublishAsync(Message("id-1", 10), Token);

        Assert.Single(_claims.Stored);
        Assert.Equal(0, Assert.Single(_sender.Sent).Body.ToMemory().Length);
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_TooLargeEvenWithoutItsBody_FailsAndIsNotRetriedForever()
    {
        _sender.MaxBody = -1;

        await Assert.ThrowsAsync<PublishFailedException>(() => Publisher.PublishAsync(Message("id-1", 10), Token));
        await Assert.ThrowsAsync<PublishFailedException>(() => Publisher.PublishAsync([Message("id-1", 10)], Token));

        Assert.Equal(2, _claims.Stored.Count);
        Assert.Empty(_sender.Sent);
    }

    /// <summary>Every reason of the SDK, without too large: the claim check handles that.</summary>
    public static TheoryData<ServiceBusFailureReason> Reasons =>
        [.. Enum.GetValues<ServiceBusFailureReason>().Where(reason => reason is not ServiceBusFailureReason.MessageSizeExceeded)];

    [Theory]
    [MemberData(nameof(Reasons))]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_AnyOtherFailure_IsTheCallersToAnswer(ServiceBusFailureReason reason)
    {
        _sender.Failure = new ServiceBusException("fault of the test", reason);

        var one = await Record.ExceptionAsync(() => Publisher.PublishAsync(Message("id-1", 10), Token));
        var several = await Record.ExceptionAsync(() => Publisher.PublishAsync([Message("id-1", 10)], Token));

        // An error that needs a fix says so in words of its own; the SDK's reason goes along.
        var permanent = reason is ServiceBusFailureReason.MessagingEntityNotFound or ServiceBusFailureReason.MessagingEntityDisabled or ServiceBusFailureReason.QuotaExceeded;
        Assert.All([one, several], error => Assert.Equal(permanent, error is PublishFailedException));
        Assert.All([one, several], error => Assert.Equal(reason, Assert.IsType<ServiceBusException>(permanent ? error!.InnerException : error).Reason));
        Assert.Empty(_claims.Stored);
    }

    [Fact]
    public async Task Publish_Several_FillsBatchesInOrder()
    {
        _sender.MaxPerBatch = 3;

        await Publisher.PublishAsync([.. Enumerable.Range(1, 8).Select(number => Message($"id-{number}", 10))], Token);

        Assert.Equal([3, 3, 2], _sender.Batches);
        Assert.Equal(Enumerable.Range(1, 8).Select(number => $"acme:id-{number}"), _sender.Sent.Select(sent => sent.MessageId));
    }

    /// <summary>What finds no room in one batch goes into the next as it is: its body is not stored again.</summary>
    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_LargeOnesOverSeveralBatches_AreClaimCheckedOnceEach()
    {
        _sender.MaxPerBatch = 1;

        await Publisher.PublishAsync([.. Enumerable.Range(1, 3).Select(number => Message($"id-{number}", Threshold + 1))], Token);

        Assert.Equal(["acme:id-1", "acme:id-2", "acme:id-3"], _claims.Stored);
        Assert.Equal([1, 1, 1], _sender.Batches);
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_OneOfSeveralTooLargeForAnEmptyBatch_IsClaimChecked()
    {
        _sender.MaxBody = 50;

        await Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 100), Message("id-3", 10)], Token);

        Assert.Equal(["acme:id-1", "acme:id-2", "acme:id-3"], _sender.Sent.Select(sent => sent.MessageId));
        Assert.Equal("acme:id-2", Assert.Single(_claims.Stored));
    }

    /// <summary>The batch had room for them and the bus takes less at once: a poll that failed here would fail on the same page for ever.</summary>
    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_BusRefusesABatchItHadRoomFor_SendsThemOneByOneInOrder()
    {
        _sender.MaxSend = 15;

        await Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 20), Message("id-3", Threshold + 1), Message("id-4", 10)], Token);

        Assert.Equal(["acme:id-1", "acme:id-2", "acme:id-3", "acme:id-4"], _sender.Sent.Select(sent => sent.MessageId));
        Assert.Equal([10, 0, 0, 10], _sender.Sent.Select(sent => sent.Body.ToMemory().Length));
        Assert.Equal(["acme:id-3", "acme:id-2"], _claims.Stored);
        Assert.All(_sender.Sent, sent => Assert.Equal(sent.Body.ToMemory().IsEmpty, sent.ApplicationProperties.ContainsKey(EventProperties.DataRef)));
    }

    public static TheoryData<Exception> RefusalsOfABatch =>
    [
        new InvalidOperationException("amqp:not-allowed: a partitioned entity takes no batch of several sessions"),
        new ArgumentException("com.microsoft:argument-error"),
        new NotSupportedException("amqp:not-implemented"),
    ];

    [Theory]
    [MemberData(nameof(RefusalsOfABatch))]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_BusRefusesABatchForAnyReason_SendsThemOneByOne(Exception refusal)
    {
        _sender.BatchFailure = refusal;

        await Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 10)], Token);

        Assert.Equal(["acme:id-1", "acme:id-2"], _sender.Sent.Select(sent => sent.MessageId));
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem)]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_TemporaryFailureOfABatch_IsNotRepeatedMessageByMessage(ServiceBusFailureReason reason)
    {
        _sender.BatchFailure = new ServiceBusException("fault of the test", reason);

        var error = await Assert.ThrowsAsync<ServiceBusException>(() => Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 10)], Token));

        Assert.Equal(reason, error.Reason);
        Assert.Empty(_sender.Sent);
    }

    /// <summary>The poll repeats the page, and Jira forgets a record after 72 h: one message must not keep the others from the bus.</summary>
    [Fact]
    [Trait("Decision", "cursor-follows-publish")]
    public async Task Publish_BusRefusesOneMessageOfABatch_SendsTheOthersAndFails()
    {
        _sender.BatchFailure = new ArgumentException("fault of the test");
        _sender.Refuses = message => message.MessageId is "acme:id-2" ? new ArgumentException("this one") : null;

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 10), Message("id-3", 10)], Token));

        Assert.Equal("this one", error.Message);
        Assert.Equal(["acme:id-1", "acme:id-3"], _sender.Sent.Select(sent => sent.MessageId));
    }

    [Fact]
    public async Task Open_SendsNothing()
    {
        await Publisher.OpenAsync(Token);

        Assert.Equal(1, _sender.Calls);
        Assert.Empty(_sender.Sent);
        Assert.Empty(_sender.Batches);
    }

    [Fact]
    public async Task Open_Again_OpensAnotherLinkAndClosesIt()
    {
        var another = new FakeSender();
        var senders = new Queue<FakeSender>([_sender, another]);
        var publisher = new ServiceBusDeliveryPublisher(senders.Dequeue, _claims, Threshold);

        await publisher.OpenAsync(Token);
        await publisher.OpenAsync(Token);
        await publisher.PublishAsync(Message("id-1", 10), Token);

        Assert.Equal(1, another.Calls);
        Assert.True(another.IsClosed);
        Assert.False(_sender.IsClosed);
        Assert.Single(_sender.Sent);
    }

    /// <summary>The first open may have failed, and a delivery has opened the link since.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_AfterADelivery_OpensAnotherLink(bool inBatch)
    {
        var another = new FakeSender();
        var senders = new Queue<FakeSender>([_sender, another]);
        var publisher = new ServiceBusDeliveryPublisher(senders.Dequeue, _claims, Threshold);
        if (inBatch) await publisher.PublishAsync([Message("id-1", 10)], Token);
        else await publisher.PublishAsync(Message("id-1", 10), Token);

        await publisher.OpenAsync(Token);

        Assert.Equal(1, another.Calls);
    }

    [Fact]
    [Trait("Decision", "claim-check")]
    public async Task Publish_BusRefusesEverythingOfABatch_ClaimChecksOnceAndFails()
    {
        _sender.MaxSend = -1;

        var error = await Assert.ThrowsAsync<PublishFailedException>(() => Publisher.PublishAsync([Message("id-1", 10), Message("id-2", 10)], Token));

        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, Assert.IsType<ServiceBusException>(error.InnerException).Reason);
        Assert.Equal(["acme:id-1", "acme:id-2"], _claims.Stored);
        Assert.Empty(_sender.Sent);
    }

    /// <summary>The caller takes its buffer back when the call returns, so the message must not be a copy nor the publisher keep it.</summary>
    [Fact]
    [Trait("Decision", "one-pass-envelope")]
    public async Task Publish_ABody_IsLentToTheBusAndLetGo()
    {
        var publisher = Publisher;
        var (single, several) = await PublishedAsync(publisher);
        _sender.Forget();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(single.IsAlive);
        Assert.False(several.IsAlive);
        GC.KeepAlive(publisher);
    }

    [Fact]
    public async Task Publish_None_SendsNothing()
    {
        await Publisher.PublishAsync([], Token);

        Assert.Equal(0, _sender.Calls);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Publish_ClaimCheckFails_SendsNothing()
    {
        _claims.Failure = new TimeoutException("storage is away");

        await Assert.ThrowsAsync<TimeoutException>(() => Publisher.PublishAsync(Message("id-1", Threshold + 1), Token));

        Assert.Empty(_sender.Sent);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Single, WeakReference Several)> PublishedAsync(ServiceBusDeliveryPublisher publisher)
    {
        byte[] first = [1, 2, 3], second = [4, 5, 6];
        await publisher.PublishAsync(Message("id-1", 0) with { Body = first }, Token);
        await publisher.PublishAsync([Message("id-2", 0) with { Body = second }], Token);

        Assert.All(_sender.Sent.Zip([first, second]), pair =>
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(pair.First.Body.ToMemory(), out var lent));
            Assert.Same(pair.Second, lent.Array);
        });
        return (new WeakReference(first), new WeakReference(second));
    }

    private static DeliveryMessage Message(string identifier, int size) => new()
    {
        Site = "acme",
        Identifier = identifier,
        MessageId = DeliveryIdentity.MessageId("acme", identifier),
        SessionId = "acme:10002",
        Source = "https://acme.atlassian.net",
        Type = "jira:issue_updated",
        Body = new byte[size],
    };
}
