using System.IO.Pipelines;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using JiraWebhooks.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Support;

/// <summary>The receiver with doubles around it and a clock that stands still. Requests are built by hand, so that a test can send
/// what no HTTP client would.</summary>
internal sealed class ReceiverHarness
{
    public static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"ED-1"},"matchedWebhookIds":[10,11]}""");

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    public RecordingPublisher Publisher { get; } = new();

    public StubSites Sites { get; init; } = new(StubSites.OAuth, StubSites.Connect, StubSites.Admin);

    public JiraWebhooksOptions Options { get; init; } = new() { PublicBaseUrl = new Uri("https://hooks.example.com") };

    /// <summary>What the table of webhooks holds, and when it says so.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<WebhookRow>>> Created { get; set; } =
        (_, _) => Task.FromResult<IReadOnlyList<WebhookRow>>([new("issues", 10, "")]);

    public FakeLogger<DeliveryReceiver> Logs { get; } = new();

    public DeliveryActivity Activity { get; private set; } = null!;

    public DeliveryReceiver Receiver
    {
        get
        {
            Activity ??= new DeliveryActivity(Clock);
            return field ??= new DeliveryReceiver(Sites, Publisher, Options, Clock, Activity, new KnownWebhooks(Created, Clock, NullLogger<KnownWebhooks>.Instance), Logs);
        }
    }

    /// <summary>A well-signed request for <paramref name="site"/>; signed now, by default.</summary>
    public DefaultHttpContext Request(Site site, byte[]? body = null, DateTimeOffset? signedAt = null)
    {
        var context = Request(site.Id, body);
        Sign(context.Request, site, body ?? Body, signedAt ?? Clock.GetUtcNow());
        return context;
    }

    /// <summary>A request without a signature.</summary>
    public DefaultHttpContext Request(string siteId, byte[]? body = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = $"/api/deliveries/{siteId}";
        context.Request.ContentType = "application/json; charset=utf-8";
        context.Request.Headers["X-Atlassian-Webhook-Identifier"] = "id-1";
        context.Request.Body = new MemoryStream(body ?? Body);
        context.Response.Body = new MemoryStream();
        return context;
    }

    public async Task<Answered> SendAsync(HttpContext context, string? siteId = null)
    {
        await Receiver.ReceiveAsync(context, siteId ?? context.Request.Path.Value!.Split('/')[^1]);
        return Answered.Of(context.Response);
    }

    public static void UseBody(HttpContext context, PipeReader reader) => context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(reader));

    private static void Sign(HttpRequest request, Site site, byte[] body, DateTimeOffset at)
    {
        if (site.Scheme is SiteScheme.OAuth) request.Headers.Authorization = $"Bearer {TestTokens.OAuth(at)}";
        else if (site.Scheme is SiteScheme.Connect) request.Headers.Authorization = $"JWT {TestTokens.Connect(at, request.Path)}";
        else request.Headers["X-Hub-Signature"] = TestTokens.Hub(body);
    }

    private sealed record BodyPipe(PipeReader Reader) : IRequestBodyPipeFeature;
}

/// <summary>An answer as the caller sees it.</summary>
internal sealed record Answered(int Status, string Text, string Headers)
{
    public static Answered Of(HttpResponse response) => new(
        response.StatusCode,
        Encoding.UTF8.GetString(((MemoryStream)response.Body).ToArray()),
        string.Join('\n', response.Headers.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}")));
}
