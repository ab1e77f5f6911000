using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>Bytes allocated per delivery, counted and not timed: the body itself is never copied to the heap.</summary>
public sealed class DeliveryAllocationTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        $$$"""
        {"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic","user":{"self":"https://acme.atlassian.net/rest/api/2/user?accountId=5b1"},
        "issue":{"id":"10002","self":"https://acme.atlassian.net/rest/api/2/issue/10002","key":"ED-1","fields":{"description":"{{{new string('x', 60_000)}}}"}},
        "changelog":{"id":"10124","items":[]},"matchedWebhookIds":[10,11]}
        """);

    private static readonly IReadOnlyList<WebhookRow> Created = [new("issues", 11, "")];

    [Theory]
    [InlineData(SiteScheme.AdminWebhook, 2048)]
    [InlineData(SiteScheme.OAuth, 2048)]
    [InlineData(SiteScheme.Connect, 2560)]
    [Trait("Decision", "one-pass-envelope")]
    public void ReceiveAsync_64Kilobytes_AllocatesLittle(SiteScheme scheme, int limit)
    {
        var site = scheme switch { SiteScheme.OAuth => StubSites.OAuth, SiteScheme.Connect => StubSites.Connect, _ => StubSites.Admin };
        var receiver = new DeliveryReceiver(
            new OneSite(site), new Sink(), new() { PublicBaseUrl = new Uri("https://hooks.example.com") }, TimeProvider.System,
            new DeliveryActivity(TimeProvider.System), new KnownWebhooks((_, _) => Task.FromResult(Created), TimeProvider.System, NullLogger<KnownWebhooks>.Instance),
            NullLogger<DeliveryReceiver>.Instance);
        var body = new WholeBody(Body);
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Request.Headers["X-Atlassian-Webhook-Identifier"] = "0123456789abcdef0123456789abcdef";
        context.Request.Headers["X-Atlassian-Webhook-Flow"] = "Primary";
        context.Request.Method = "POST";
        context.Request.Path = $"/api/deliveries/{site.Id}";
        if (scheme is SiteScheme.OAuth) context.Request.Headers.Authorization = $"Bearer {TestTokens.OAuth(TimeProvider.System.GetUtcNow())}";
        else if (scheme is SiteScheme.Connect) context.Request.Headers.Authorization = $"JWT {TestTokens.Connect(TimeProvider.System.GetUtcNow(), context.Request.Path)}";
        else context.Request.Headers["X-Hub-Signature"] = TestTokens.Hub(Body);

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var receiving = receiver.ReceiveAsync(context, site.Id);
            Assert.True(receiving.IsCompletedSuccessfully);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var least = Enumerable.Range(0, 200).Min(_ => Measure());

        Assert.Equal(200, context.Response.StatusCode);
        TestContext.Current.TestOutputHelper!.WriteLine($"{scheme}: {least} bytes per delivery");
        Assert.InRange(least, 1, limit);
    }

    private sealed class OneSite(Site site) : ISiteStore
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => new(site);

        public ValueTask<IReadOnlyList<Site>> ListAsync(CancellationToken cancellationToken) => new([site]);
    }

    private sealed class Sink : IDeliveryPublisher
    {
        public Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A request body that is there already and can be read again and again.</summary>
    private sealed class WholeBody(byte[] body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

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
            new(new ReadResult(new ReadOnlySequence<byte>(body), isCanceled: false, isCompleted: true));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
    }
}
