using JiraWebhooks.Publishing;
using LocalHost.Simulation;

namespace JiraWebhooks.Tests.Publishing;

[Collection<Clocked>]
public sealed class PublisherLivenessTests
{
    private readonly SimulatedClock _clock = Clocked.NewClock();
    private readonly FakePublisher _publisher = new();
    private readonly PublisherLiveness _liveness;

    public PublisherLivenessTests() => _liveness = new PublisherLiveness(_publisher, _clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IsLive_AtTheStart_OpensTheConnection()
    {
        Assert.True(await IsLiveAsync());
        Assert.Equal(1, _publisher.Opened);
    }

    [Fact]
    public async Task IsLive_WithinAMinuteOfADelivery_AsksNothing()
    {
        _publisher.Failure = new TimeoutException();
        _liveness.Worked();

        _clock.Advance(PublisherLiveness.FreshFor - TimeSpan.FromSeconds(1));

        Assert.True(await IsLiveAsync());
        Assert.Equal(0, _publisher.Opened);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await IsLiveAsync());
    }

    [Fact]
    public async Task IsLive_BusIsAway_TriesOnceInTenSecondsForAllCallers()
    {
        _publisher.Failure = new TimeoutException();
        Assert.False(await IsLiveAsync());

        _publisher.Failure = null;
        _clock.Advance(PublisherLiveness.Pause - TimeSpan.FromSeconds(1));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IsLiveAsync())), Assert.False);
        Assert.Equal(1, _publisher.Opened);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IsLiveAsync())), Assert.True);
        Assert.Equal(2, _publisher.Opened);
    }

    /// <summary>The SDK ignores a cancellation while it opens a link.</summary>
    [Fact]
    public async Task IsLive_BusNeverAnswers_IsFalseAfterALimit()
    {
        _publisher.Hangs = true;

        Assert.False(await _clock.DriveAsync(IsLiveAsync()));
    }

    [Fact]
    public async Task IsLive_CallerLeaves_DoesNotEndTheTryOfTheOthers()
    {
        _publisher.Hangs = true;
        using var leaving = new CancellationTokenSource();
        var first = _liveness.IsLiveAsync(leaving.Token);
        var second = IsLiveAsync();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _publisher.Answer();

        Assert.True(await second);
        Assert.Equal(1, _publisher.Opened);
    }

    [Fact]
    public async Task WarmUp_BusIsAway_DoesNotFailTheStart()
    {
        _publisher.Failure = new UnauthorizedAccessException();
        using var warmUp = new PublisherWarmUp(_liveness);

        await warmUp.StartAsync(Token);
        await warmUp.ExecuteTask!.WaitAsync(Token);

        Assert.Equal(1, _publisher.Opened);
    }

    [Fact]
    public async Task WarmUp_AppEndsBeforeTheBusAnswers_EndsWithoutAnError()
    {
        _publisher.Hangs = true;
        using var warmUp = new PublisherWarmUp(_liveness);
        await warmUp.StartAsync(Token);
        await _publisher.Asked.WaitAsync(Token);

        await warmUp.StopAsync(Token);

        Assert.True(warmUp.ExecuteTask!.IsCompletedSuccessfully);
    }

    private Task<bool> IsLiveAsync() => _liveness.IsLiveAsync(Token);

    private sealed class FakePublisher : IDeliveryPublisher
    {
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _opened;

        public int Opened => _opened;

        public Task Asked => _asked.Task;

        public Exception? Failure { get; set; }

        public bool Hangs { get; set; }

        public void Answer() => _answer.SetResult();

        public Task OpenAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            _asked.TrySetResult();
            return Failure is { } failure ? Task.FromException(failure) : Hangs ? _answer.Task : Task.CompletedTask;
        }

        public Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
