using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Large bodies of all senders share one amount of memory.</summary>
public sealed class BodyMemoryTests
{
    private const int Megabyte = 1024 * 1024;

    // How many of a megabyte there is room for.
    private const int Bodies = 8;

    private static readonly byte[] Large = new byte[Megabyte];

    private readonly ReceiverHarness _harness = new()
    {
        Options = new() { PublicBaseUrl = new Uri("https://hooks.example.com"), BodyMemoryBytes = Bodies * Megabyte, MaxBodyBytes = 2 * Megabyte },
    };

    private BodyBudget Budget => _harness.Receiver.Memory.Budget;

    public static TheoryData<string, int> Ends => new()
    {
        { "accepted", 200 },
        { "forged", 401 },
        { "too large", 413 },
        { "broken", 503 },
        { "publisher", 503 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task ReceiveAsync_HoweverItEnds_NothingIsHeldAfterwards(string end, int status)
    {
        if (end == "publisher") _harness.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");
        var context = _harness.Request(StubSites.Admin, end == "too large" ? new byte[3 * Megabyte] : Large);
        if (end == "forged") context.Request.Headers["X-Hub-Signature"] = TestTokens.Hub(Large, "not-the-secret");
        if (end == "broken") context.Request.Body = new Broken();

        Assert.Equal(status, (await _harness.SendAsync(context)).Status);

        Assert.Equal(0, Budget.Used);
        Assert.Equal(0, Budget.Waiting);
        Assert.Equal(0, _harness.Receiver.Memory.Buffers.Lent);
    }

    [Theory]
    [InlineData(64 * 1024, 0)]
    [InlineData(64 * 1024 + 1, 128 * 1024)]
    [InlineData(Megabyte, Megabyte)]
    [InlineData(Megabyte + 1, 2 * Megabyte)]
    public async Task ReceiveAsync_VerifiedBody_HoldsWhatItNeeds(int length, long expected)
    {
        var held = -1L;
        _harness.Publisher.Before = (_, _) =>
        {
            held = Budget.Used;
            return Task.CompletedTask;
        };

        Assert.Equal(200, (await _harness.SendAsync(Sized(StubSites.OAuth, new byte[length]))).Status);

        Assert.Equal(expected, held);
    }

    [Fact]
    public async Task ReceiveAsync_NoRoom_WaitsAndIsTakenWhenThereIs()
    {
        var done = new TaskCompletionSource();
        _harness.Publisher.Before = (_, _) => done.Task;
        var first = Enumerable.Range(0, Bodies).Select(_ => _harness.SendAsync(Sized(StubSites.OAuth, Large))).ToList();
        var late = _harness.SendAsync(Sized(StubSites.OAuth, Large));
        Assert.Equal(Bodies * Megabyte, Budget.Used);
        Assert.Equal(1, Budget.Waiting);

        _harness.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(late.IsCompleted);
        done.SetResult();

        Assert.All(await Task.WhenAll([.. first, late]), answered => Assert.Equal(200, answered.Status));
        Assert.Equal(0, Budget.Used);
    }

    [Fact]
    public async Task ReceiveAsync_NoRoomInTime_Is503OfItsOwnReasonAndAnOutage()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        _harness.Sites.Sites[0] = StubSites.OAuth with { Id = "crowded" };
        var outages = new List<string>();
        _ = _harness.Receiver;
        _harness.Activity.Failed = (site, _) => outages.Add(site);
        _harness.Publisher.Before = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        for (var count = 0; count < Bodies; count++) _ = _harness.SendAsync(Sized(_harness.Sites.Sites[0], Large));
        var late = _harness.SendAsync(Sized(_harness.Sites.Sites[0], Large));

        _harness.Clock.Advance(_harness.Options.DeliveryBudget);
        var answered = await late;

        Assert.Equal(503, answered.Status);
        Assert.Contains("Retry-After: 60", answered.Headers, StringComparison.Ordinal);
        Assert.Equal(1, unavailable.Count("reason=no_room site=crowded"));
        Assert.Contains("crowded", outages);
    }

    /// <summary>A small delivery needs no room, and most are small.</summary>
    [Fact]
    public async Task ReceiveAsync_AllRoomIsUsed_SmallBodiesAreTaken()
    {
        var done = new TaskCompletionSource();
        _harness.Publisher.Before = (message, _) => message.Body.Length < Megabyte ? Task.CompletedTask : done.Task;
        var large = Enumerable.Range(0, Bodies).Select(_ => _harness.SendAsync(Sized(StubSites.OAuth, Large))).ToList();

        Assert.Equal(200, (await _harness.SendAsync(_harness.Request(StubSites.OAuth))).Status);
        Assert.Equal(200, (await _harness.SendAsync(_harness.Request(StubSites.Admin))).Status);

        done.SetResult();
        await Task.WhenAll(large);
    }

    [Fact]
    public async Task ReceiveAsync_StrangersSendAllTheyMay_AVerifiedDeliveryIsTaken()
    {
        var strangers = Enumerable.Range(0, 40).Select(_ => Stranger(sent: Megabyte)).ToList();
        Assert.InRange(Budget.UsedUnverified, 1, Bodies * Megabyte / 2);

        Assert.Equal(200, (await _harness.SendAsync(Sized(StubSites.OAuth, Large))).Status);

        _harness.Clock.Advance(_harness.Options.DeliveryBudget);
        Assert.All(await Task.WhenAll(strangers), answered => Assert.Equal(503, answered.Status));
        Assert.Equal(0, Budget.Used);
    }

    /// <summary>A length that is declared and not sent holds nothing, or a few connections would be enough to use up all room.</summary>
    [Fact]
    public async Task ReceiveAsync_StrangersDeclareMuchAndSendLittle_ALargeSignedDeliveryIsTaken()
    {
        var strangers = Enumerable.Range(0, 500).Select(_ => Stranger(sent: 60_000)).ToList();
        Assert.Equal(0, Budget.Used);

        Assert.Equal(200, (await _harness.SendAsync(Sized(StubSites.Admin, Large))).Status);

        _harness.Clock.Advance(_harness.Options.DeliveryBudget);
        await Task.WhenAll(strangers);
    }

    /// <summary>All hold a part and want the rest: one after the other leaves, and those that remain are answered by their signature.</summary>
    [Fact(Timeout = 120_000)]
    public async Task ReceiveAsync_BodiesThatGrowTogether_DoNotBlockEachOther()
    {
        var pipes = Enumerable.Range(0, 16).Select(_ => new Pipe(new PipeOptions(pauseWriterThreshold: 0))).ToList();
        var answers = pipes.Select(pipe => _harness.SendAsync(Forged(pipe))).ToList();
        for (var sent = 0; sent < 2 * Megabyte; sent += 128 * 1024)
        {
            foreach (var pipe in pipes) await pipe.Writer.WriteAsync(new byte[128 * 1024]);
        }

        foreach (var pipe in pipes) await pipe.Writer.CompleteAsync();

        var statuses = (await Task.WhenAll(answers).WaitAsync(TestContext.Current.CancellationToken)).Select(answered => answered.Status).ToList();
        Assert.All(statuses, status => Assert.Contains(status, new[] { 401, 503 }));
        Assert.Contains(401, statuses);
        Assert.Equal(0, Budget.Used);
    }

    /// <summary>The memory is in use until the publisher ends, and so it is counted.</summary>
    [Fact]
    public async Task ReceiveAsync_PublisherReadsOnAfterTheBudget_ItsBodyStillCounts()
    {
        var done = new TaskCompletionSource();
        _harness.Publisher.Before = (_, _) => done.Task;
        var sending = _harness.SendAsync(Sized(StubSites.OAuth, Large));
        _harness.Clock.Advance(_harness.Options.DeliveryBudget);
        Assert.Equal(503, (await sending).Status);
        Assert.Equal(Megabyte, Budget.Used);

        done.SetResult();
        while (Budget.Used > 0) await Task.Yield();

        Assert.Equal(0, _harness.Receiver.Memory.Buffers.Free); // not used again: a send may still lie in an SDK
    }

    /// <summary>No array is that long, so this fails at once, as any array does when the memory is used up.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rent_NoMemory_ReleasesWhatItHasReserved(bool verified)
    {
        var memory = new BodyMemory(3L * int.MaxValue, _harness.Clock);

        await Assert.ThrowsAsync<OutOfMemoryException>(() => new BodyRoom(memory, verified).RentAsync(int.MaxValue, CancellationToken.None).AsTask());

        Assert.Equal(0, memory.Budget.Used);
        Assert.Equal(0, memory.Budget.UsedUnverified);
        Assert.Equal(0, memory.Buffers.Lent);
    }

    [Fact]
    public async Task Post_FortyConnectionsWithLargeForgedBodies_AreAnsweredAndNothingIsHeld()
    {
        var harness = new ReceiverHarness();
        await using var server = await ReceiverServer.StartAsync(harness);
        var body = new byte[16_800_000];

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => server.SendRawAsync(
            Encoding.ASCII.GetBytes($"POST /api/deliveries/initech HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature: sha256={new string('0', 64)}\r\nContent-Length: {body.Length}\r\n\r\n"),
            body))));

        Assert.All(answers, answer => Assert.Matches("^HTTP/1.1 (401|503)", answer));
        Assert.Contains(answers, answer => answer.StartsWith("HTTP/1.1 401", StringComparison.Ordinal));
        var memory = harness.Receiver.Memory;
        Assert.Equal(0, memory.Budget.Used);
        Assert.Equal(0, memory.Buffers.Lent);
        Assert.InRange(memory.Buffers.Free, 1, harness.Options.BodyMemoryBytes);
    }

    private DefaultHttpContext Sized(Site site, byte[] body)
    {
        var context = _harness.Request(site, body);
        context.Request.ContentLength = body.Length;
        return context;
    }

    private Task<Answered> Stranger(int sent)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        pipe.Writer.Write(new byte[sent]);
        _ = pipe.Writer.FlushAsync().AsTask();
        return _harness.SendAsync(Forged(pipe));
    }

    private DefaultHttpContext Forged(Pipe pipe)
    {
        var context = _harness.Request("initech");
        context.Request.Headers["X-Hub-Signature"] = "sha256=" + new string('0', 64);
        context.Request.ContentLength = 2 * Megabyte;
        ReceiverHarness.UseBody(context, pipe.Reader);
        return context;
    }

    private sealed class Broken : MemoryStream
    {
        private int _sent;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            (_sent += buffer.Length) < Megabyte / 2 ? new(buffer.Length) : throw new IOException("reset");
    }
}
