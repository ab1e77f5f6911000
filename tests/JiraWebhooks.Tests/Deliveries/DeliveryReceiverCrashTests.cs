using System.IO.Pipelines;
using Azure;
using Azure.Identity;
using JiraWebhooks.Publishing;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Every await of the receive path is made to fail and to hang: 200 always means the message is in the publisher, and anything
/// else is 503 within the budget (docs/architecture.md#200-after-publish, docs/jira-behaviour.md#answers).</summary>
public sealed class DeliveryReceiverCrashTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);
    private readonly ReceiverHarness _harness = new();

    private static readonly Dictionary<string, Func<Exception>> Kinds = new(StringComparer.Ordinal)
    {
        ["defect"] = () => new InvalidOperationException("boom"),
        ["time-out"] = () => new TimeoutException("boom"),
        ["cancelled"] = () => new OperationCanceledException("boom"),
        ["no right"] = () => new RequestFailedException(403, "boom"),
        ["no identity"] = () => new UnauthorizedAccessException("boom"),
        ["reset"] = () => new IOException("boom"),
        ["slow body"] = () => new BadHttpRequestException("boom", 408),
        ["server's own limit"] = () => new BadHttpRequestException("boom", 413),
    };

    public static TheoryData<string> Failures => new(Kinds.Keys);

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_SiteStoreThrows_Is503(string failure)
    {
        _harness.Sites.Before = _ => throw Kinds[failure]();

        await AssertUnavailableAsync(_harness.Request(StubSites.OAuth));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_BodyThrows_Is503(string failure)
    {
        var context = _harness.Request(StubSites.OAuth);
        ReceiverHarness.UseBody(context, new FaultyReader(() => throw Kinds[failure]()));

        await AssertUnavailableAsync(context);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_PublisherThrows_Is503(string failure)
    {
        _harness.Publisher.Before = (_, _) => throw Kinds[failure]();

        await AssertUnavailableAsync(_harness.Request(StubSites.OAuth));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_PublisherFailsLater_Is503(string failure)
    {
        _harness.Publisher.Before = async (_, _) =>
        {
            await Task.Yield();
            throw Kinds[failure]();
        };

        await AssertUnavailableAsync(_harness.Request(StubSites.OAuth));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_SiteStoreHangs_Is503AtTheBudget(bool obedient)
    {
        _harness.Sites.Before = cancellation => Hang(obedient, cancellation);

        await AssertBudgetAsync(_harness.Request(StubSites.OAuth));
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_BodyNeverEnds_Is503AtTheBudget()
    {
        var context = _harness.Request(StubSites.OAuth);
        ReceiverHarness.UseBody(context, new Pipe().Reader);

        await AssertBudgetAsync(context);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_PublisherNeverReturns_Is503AtTheBudget(bool obedient)
    {
        _harness.Publisher.Before = (_, cancellation) => Hang(obedient, cancellation);

        await AssertBudgetAsync(_harness.Request(StubSites.OAuth));
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_PublisherComesBackAfterTheBudget_StillHasItsOwnBody()
    {
        var late = new TaskCompletionSource();
        _harness.Publisher.Before = (_, _) => late.Task;
        var receiving = _harness.SendAsync(_harness.Request(StubSites.Admin));
        _harness.Clock.Advance(Budget);
        Assert.Equal(503, (await receiving).Status);

        // Others take buffers of the same size from the pool and write over them.
        _harness.Publisher.Before = (_, _) => Task.CompletedTask;
        var other = new byte[ReceiverHarness.Body.Length];
        for (var i = 0; i < 50; i++) await _harness.SendAsync(_harness.Request(StubSites.Admin, other));
        late.SetResult();

        Assert.Contains(_harness.Publisher.Messages, message => message.Body.Span.SequenceEqual(ReceiverHarness.Body));
    }

    /// <summary>A send that timed out or was cancelled is over for its caller, while its bytes may still wait to go over the wire.</summary>
    [Theory]
    [MemberData(nameof(Failures))]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_PublisherFailsAndReadsOn_StillHasItsOwnBody(string failure)
    {
        ReadOnlyMemory<byte> lent = default;
        _harness.Publisher.Before = (message, _) =>
        {
            lent = message.Body;
            throw Kinds[failure]();
        };
        Assert.Equal(503, (await _harness.SendAsync(_harness.Request(StubSites.Admin))).Status);

        _harness.Publisher.Before = (_, _) => Task.CompletedTask;
        var other = new byte[ReceiverHarness.Body.Length];
        for (var i = 0; i < 50; i++) await _harness.SendAsync(_harness.Request(StubSites.Admin, other));

        Assert.Equal(ReceiverHarness.Body, lent.ToArray());
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_BodyTrickles_Is503AtTheBudgetCountedFromItsFirstByte()
    {
        var context = _harness.Request(StubSites.Admin);
        var pipe = new Pipe();
        ReceiverHarness.UseBody(context, pipe.Reader);
        var receiving = _harness.SendAsync(context);
        for (var second = 0; second < 9; second++)
        {
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
            await pipe.Writer.WriteAsync(new byte[10]);
        }

        Assert.False(receiving.IsCompleted);
        _harness.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(503, (await receiving).Status);
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_SlowButWithinTheBudget_Is200()
    {
        var accepted = new TaskCompletionSource();
        _harness.Publisher.Before = (_, _) => accepted.Task;
        var receiving = _harness.SendAsync(_harness.Request(StubSites.OAuth));
        _harness.Clock.Advance(Budget - TimeSpan.FromMilliseconds(1));
        accepted.SetResult();

        Assert.Equal(200, (await receiving).Status);
        Assert.Single(_harness.Publisher.Messages);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_AnswerCannotBeWritten_DoesNotThrow()
    {
        var context = _harness.Request("unknown");
        context.Response.Body = new BrokenStream();

        await _harness.Receiver.ReceiveAsync(context, "unknown");

        Assert.Equal(401, context.Response.StatusCode);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_CallerLeaves_IsNoWarning()
    {
        var context = _harness.Request(StubSites.OAuth);
        context.RequestAborted = new CancellationToken(canceled: true);
        ReceiverHarness.UseBody(context, new FaultyReader(() => throw new IOException("reset")));

        await _harness.SendAsync(context);

        Assert.All(_harness.Logs.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Theory]
    [InlineData(403, LogLevel.Error)]
    [InlineData(404, LogLevel.Error)]
    [InlineData(429, LogLevel.Warning)]
    [InlineData(503, LogLevel.Warning)]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_PermanentFailure_ChangesTheLogLevelOnly(int status, LogLevel expected)
    {
        _harness.Publisher.Before = (_, _) => throw new RequestFailedException(status, "no");

        await AssertUnavailableAsync(_harness.Request(StubSites.OAuth));

        Assert.Equal(expected, Assert.Single(_harness.Logs.Entries).Level);
    }

    public static TheoryData<Exception> Permanent =>
    [
        new PublishFailedException("the topic is gone", new TimeoutException()),
        new AuthenticationFailedException("no token"),
        new CredentialUnavailableException("no identity"),
        new AggregateException(new AuthenticationFailedException("no token")),
    ];

    [Theory]
    [MemberData(nameof(Permanent))]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_PermanentFailure_IsLoggedAsError(Exception failure)
    {
        _harness.Publisher.Before = (_, _) => throw failure;

        await AssertUnavailableAsync(_harness.Request(StubSites.OAuth));

        Assert.Equal(LogLevel.Error, Assert.Single(_harness.Logs.Entries).Level);
    }

    private async Task AssertUnavailableAsync(HttpContext context)
    {
        var answered = await _harness.SendAsync(context);

        Assert.Equal(503, answered.Status);
        Assert.Contains("Retry-After: 60", answered.Headers, StringComparison.Ordinal);
        Assert.DoesNotContain("boom", answered.Text, StringComparison.Ordinal);
        Assert.Empty(_harness.Publisher.Messages);
    }

    private async Task AssertBudgetAsync(HttpContext context)
    {
        var receiving = _harness.SendAsync(context);
        _harness.Clock.Advance(Budget - TimeSpan.FromMilliseconds(1));
        Assert.False(receiving.IsCompleted);
        _harness.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(503, (await receiving).Status);
        Assert.Empty(_harness.Publisher.Messages);
    }

    private static async Task Hang(bool obedient, CancellationToken cancellation) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, obedient ? cancellation : CancellationToken.None);

    private sealed class FaultyReader(Func<ValueTask<ReadResult>> read) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException();

        public override void CancelPendingRead() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => read();

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("gone");
    }
}
