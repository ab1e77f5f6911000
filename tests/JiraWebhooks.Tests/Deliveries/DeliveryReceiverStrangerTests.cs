using System.Buffers;
using System.IO.Pipelines;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>What a caller without a secret can make the receiver do: neither fill its memory, nor learn which sites there are and of which
/// scheme, nor have an outage written down.</summary>
public sealed class DeliveryReceiverStrangerTests
{
    private static readonly Site[] Known = [StubSites.OAuth, StubSites.Connect, StubSites.Admin];

    private readonly ReceiverHarness _harness = new();
    private readonly List<string> _outages = [];

    public DeliveryReceiverStrangerTests()
    {
        _ = _harness.Receiver;
        _harness.Activity.Failed = (site, _) => _outages.Add(site);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [InlineData("initech")]
    [InlineData("unknown")]
    [Trait("Rule", "verify-raw-body")]
    public async Task ReceiveAsync_NoSignatureOfTheBody_IsRefusedBeforeItIsRead(string site)
    {
        foreach (var (name, value) in new[] { ("None", ""), ("Authorization", "Bearer A.A.A"), ("Authorization", "JWT A.A.A"), ("X-Hub-Signature", "sha1=aa") })
        {
            var context = Unread(site);
            context.Request.Headers[name] = value;

            Assert.Equal(401, (await _harness.SendAsync(context)).Status);
        }
    }

    [Theory]
    [InlineData(1, 503)]
    [InlineData(24, 503)]
    [InlineData(25, 401)]
    public async Task ReceiveAsync_ExpiredToken_IsAnsweredBeforeTheBodyIsRead_AndIsAnOutageForADayAlone(int hours, int expected)
    {
        var context = Unread("acme");
        context.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(_harness.Clock.GetUtcNow() - TimeSpan.FromHours(hours))}";

        Assert.Equal(expected, (await _harness.SendAsync(context)).Status);
        Assert.Equal(expected == 503 ? ["acme"] : [], _outages);
    }

    /// <summary>A signature of the body must be read to be refused. So everybody's is, or those who wait would be the sites that have one.</summary>
    [Theory]
    [InlineData(64, 401)]
    [InlineData(65, 413)]
    [Trait("Decision", "200-after-publish")]
    public async Task ReceiveAsync_ForgedHubSignature_IsReadAndAnsweredAlikeForEverySite(int length, int expected)
    {
        var harness = new ReceiverHarness { Options = _harness.Options with { MaxBodyBytes = 64 } };
        var answers = new List<Answered>();
        foreach (var site in Known.Select(site => site.Id).Append("unknown"))
        {
            var context = Forged(site);
            var body = new Repeated(length, 1);
            ReceiverHarness.UseBody(context, body);
            answers.Add(await harness.SendAsync(context));

            Assert.NotEqual(0, body.Read);
        }

        Assert.Equal(expected, answers[0].Status);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    [Trait("Decision", "ten-second-budget")]
    public async Task ReceiveAsync_ForgedHubSignatureWithoutAnEnd_IsAnsweredAlikeForEverySite_AndIsNoOutage()
    {
        var answers = new List<Answered>();
        foreach (var site in Known.Select(site => site.Id).Append("unknown"))
        {
            var context = Forged(site);
            ReceiverHarness.UseBody(context, new Pipe().Reader);
            var receiving = _harness.SendAsync(context);
            Assert.False(receiving.IsCompleted);
            _harness.Clock.Advance(_harness.Options.DeliveryBudget);
            answers.Add(await receiving);
        }

        Assert.Equal(503, answers[0].Status);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Empty(_outages);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [InlineData("unknown")]
    [Trait("Decision", "one-pass-envelope")]
    public async Task ReceiveAsync_ForgedHubSignatureWhereNoneIsAskedFor_KeepsNothingOfTheBody(string site)
    {
        // Larger than any buffer that another test may have left in the pool.
        var harness = new ReceiverHarness { Options = _harness.Options with { MaxBodyBytes = 300_000_000 } };
        var context = Forged(site);
        ReceiverHarness.UseBody(context, new Repeated(64 * 1024, 1200));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var receiving = harness.SendAsync(context);
        Assert.True(receiving.IsCompletedSuccessfully);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(401, (await receiving).Status);
        Assert.InRange(allocated, 1, 1_000_000);
    }

    [Fact]
    [Trait("Rule", "search-instead")]
    public async Task ReceiveAsync_BodyOfAForgedDeliveryBreaks_IsNoOutage()
    {
        var context = Forged("initech");
        ReceiverHarness.UseBody(context, new Repeated(0, 0));

        Assert.Equal(503, (await _harness.SendAsync(context)).Status);
        Assert.Empty(_outages);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [InlineData("initech")]
    [Trait("Rule", "search-instead")]
    public async Task ReceiveAsync_AuthenticDeliveryFails_IsAnOutage(string site)
    {
        _harness.Publisher.Before = (_, _) => throw new TimeoutException("the bus is away");

        Assert.Equal(503, (await _harness.SendAsync(_harness.Request(Known.Single(known => known.Id == site)))).Status);
        Assert.Equal([site], _outages);
    }

    /// <summary>Such a site cannot verify anything, so all deliveries fail, those of Jira too.</summary>
    [Fact]
    [Trait("Decision", "a-wrong-site-is-unhealthy")]
    public async Task ReceiveAsync_MisconfiguredSite_IsAnOutage()
    {
        _harness.Sites.Sites[0] = StubSites.OAuth with { Problem = "settings are wrong" };

        Assert.Equal(503, (await _harness.SendAsync(_harness.Request("acme"))).Status);
        Assert.Equal(["acme"], _outages);
    }

    private DefaultHttpContext Forged(string site)
    {
        var context = _harness.Request(site);
        context.Request.Headers["X-Hub-Signature"] = "sha256=" + new string('0', 64);
        return context;
    }

    private DefaultHttpContext Unread(string site)
    {
        var context = _harness.Request(site);
        ReceiverHarness.UseBody(context, new Repeated(0, 0));
        return context;
    }

    /// <summary>A body of so many blocks; it breaks when there are none.</summary>
    private sealed class Repeated(int size, int blocks) : PipeReader
    {
        private readonly ReadOnlySequence<byte> _block = new(new byte[size]);

        public int Read { get; private set; }

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Read == blocks ? throw new IOException("reset") : new(new ReadResult(_block, isCanceled: false, isCompleted: ++Read == blocks));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }
}
