using JiraWebhooks.Webhooks;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Webhooks;

public sealed class KnownWebhooksTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly FakeLogger<KnownWebhooks> _logs = new();
    private readonly KnownWebhooks _known;
    private Func<string, CancellationToken, Task<IReadOnlyList<WebhookRow>>> _list;
    private int _reads;

    public KnownWebhooksTests()
    {
        _list = (site, _) => Rows(site == "acme" ? [10, 11] : []);
        _known = new KnownWebhooks(
            (site, cancellation) =>
            {
                Interlocked.Increment(ref _reads);
                return _list(site, cancellation);
            },
            _clock,
            _logs);
    }

    [Theory]
    [InlineData(",10,", false)]
    [InlineData(",9,11,", false)]
    [InlineData(",9,", true)]
    [InlineData(",1,0,1011,-10,", true)]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_FirstDelivery_IsComparedWithTheTable(string ids, bool expected)
    {
        Assert.Equal(expected, await AskAsync(ids));
        Assert.Equal(1, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_IdOfAnotherSite_IsUnknown() => Assert.True(await AskAsync(",10,", "globex"));

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_Warm_AnswersAtOnceAndAllocatesNothing()
    {
        await AskAsync(",10,");
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var answer = _known.AreUnknownAsync("acme", ",9,10,", CancellationToken.None);
            Assert.True(answer.IsCompletedSuccessfully && !answer.Result);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, Enumerable.Range(0, 100).Min(_ => Measure()));
        Assert.Equal(1, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_UnknownIdAfterTheInterval_IsFoundByOneReRead()
    {
        await AskAsync(",10,");
        _list = (_, _) => Rows([10, 12]);
        _clock.Advance(KnownWebhooks.Interval);

        Assert.False(await AskAsync(",12,"));
        Assert.False(await AskAsync(",12,"));
        Assert.Equal(2, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_FloodOfUnknownIds_ReadsOncePerInterval()
    {
        for (var second = 0; second < 120; second++)
        {
            for (var id = 0; id < 20; id++) Assert.True(await AskAsync($",{1_000 + id},"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_ManyAtOnce_ShareOneRead()
    {
        var rows = new TaskCompletionSource<IReadOnlyList<WebhookRow>>();
        _list = (_, _) => rows.Task;
        var asking = Enumerable.Range(0, 100).Select(number => Task.Run(() => AskAsync(number % 2 == 0 ? ",10," : ",9,"))).ToList();
        while (Volatile.Read(ref _reads) == 0) await Task.Yield();
        rows.SetResult(await Rows([10]));

        var answers = await Task.WhenAll(asking);

        Assert.Equal(1, _reads);
        Assert.All(answers.Index(), answer => Assert.Equal(answer.Index % 2 == 1, answer.Item));
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_DeletedWebhook_IsKnownNoLongerThanTheAge()
    {
        await AskAsync(",10,");
        _list = (_, _) => Rows([]);
        _clock.Advance(KnownWebhooks.MaxAge);
        Assert.False(await AskAsync(",10,"));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await AskAsync(",10,"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_StorageAway_NothingIsUnknown_AndItIsAskedAgainAfterTheInterval(bool atOnce)
    {
        _list = async (_, _) =>
        {
            if (!atOnce) await Task.Yield();
            throw new Azure.RequestFailedException(503, "storage is away");
        };

        for (var ask = 0; ask < 5; ask++) Assert.False(await AskAsync(",9,"));
        Assert.Equal(1, _reads);
        Assert.Contains("acme", Assert.Single(_logs.Entries).Text, StringComparison.Ordinal);

        _list = (_, _) => Rows([10]);
        _clock.Advance(KnownWebhooks.Interval);
        Assert.True(await AskAsync(",9,"));
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_ReReadFails_KnownIdsStayKnownAndOthersAreNotMarked()
    {
        await AskAsync(",10,");
        _list = (_, _) => throw new TimeoutException();
        _clock.Advance(KnownWebhooks.Interval);

        Assert.False(await AskAsync(",9,"));
        Assert.False(await AskAsync(",10,"));
        Assert.Equal(2, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_SlowStorage_DelaysNoCallerAfterTheFirstSecond()
    {
        var rows = new TaskCompletionSource<IReadOnlyList<WebhookRow>>();
        _list = (_, _) => rows.Task;

        var first = AskAsync(",9,");
        _clock.Advance(KnownWebhooks.Patience - TimeSpan.FromMilliseconds(1));
        var second = AskAsync(",9,");
        Assert.False(first.IsCompleted || second.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(await first || await second);
        Assert.True(AskAsync(",9,").IsCompleted);

        // What comes late is not lost: the next ones are answered from it.
        rows.SetResult(await Rows([10]));
        while (!await AskAsync(",9,")) await Task.Yield();
        Assert.False(await AskAsync(",10,"));
        Assert.Equal(1, _reads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_StorageHangs_TheReadIsGivenUpAndTriedAgain(bool obedient)
    {
        var never = new TaskCompletionSource<IReadOnlyList<WebhookRow>>();
        _list = (_, cancellation) => obedient ? never.Task.WaitAsync(cancellation) : never.Task;
        var waiting = AskAsync(",9,");
        _clock.Advance(KnownWebhooks.Patience);
        Assert.False(await waiting);
        _clock.Advance(TimeSpan.FromSeconds(10));
        while (_logs.Entries.Count == 0) await Task.Yield();

        _list = (_, _) => Rows([10]);
        _clock.Advance(KnownWebhooks.Interval - TimeSpan.FromSeconds(11));
        Assert.True(await AskAsync(",9,"));
        Assert.Equal(2, _reads);
    }

    [Fact]
    [Trait("Rule", "unknown-webhooks")]
    public async Task AreUnknown_CallerOutOfTime_IsNotMarked()
    {
        _list = (_, _) => new TaskCompletionSource<IReadOnlyList<WebhookRow>>().Task;
        using var budget = new CancellationTokenSource();
        var waiting = _known.AreUnknownAsync("acme", ",9,", budget.Token);
        await budget.CancelAsync();

        Assert.False(await waiting);
    }

    private Task<bool> AskAsync(string ids, string site = "acme") => _known.AreUnknownAsync(site, ids, CancellationToken.None).AsTask();

    private static Task<IReadOnlyList<WebhookRow>> Rows(long[] ids) =>
        Task.FromResult<IReadOnlyList<WebhookRow>>([.. ids.Select(id => new WebhookRow($"s{id}", id, ""))]);
}
