using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Sites;
using JiraWebhooks.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>A caller who is too slow is told so by its own reason: it is not a failure of ours. The answer is 503, as the event may be one of Jira's.</summary>
public sealed class SlowBodyTests
{
    private static readonly Site Slow = StubSites.Admin with { Id = "slow" };

    private readonly ReceiverHarness _harness = new() { Sites = new StubSites(Slow, StubSites.OAuth) };

    [Theory]
    [InlineData("slow", "reason=slow_body site=slow")]
    [InlineData("unknown", "reason=slow_body")]
    public async Task ReceiveAsync_StrangersBodyIsNotThereInTime_IsSlowBodyAndNoFailureOfOurs(string site, string tags)
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);

        var answered = await LateAsync(Forged(site));

        Assert.Equal(503, answered.Status);
        Assert.Contains("Retry-After: 60", answered.Headers, StringComparison.Ordinal);
        Assert.NotEqual(0, unavailable.Count(tags));
        var entry = Assert.Single(_harness.Logs.Entries);
        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.DoesNotContain("Jira", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("(null)", entry.Text, StringComparison.Ordinal);
    }

    /// <summary>Here the event is Jira's, and may be lost: it is an outage and a warning.</summary>
    [Fact]
    public async Task ReceiveAsync_AuthenticBodyIsNotThereInTime_IsAnOutage()
    {
        var outages = new List<string>();
        _ = _harness.Receiver;
        _harness.Activity.Failed = (site, _) => outages.Add(site);
        var context = _harness.Request(StubSites.OAuth);

        Assert.Equal(503, (await LateAsync(context)).Status);

        Assert.Equal(["acme"], outages);
        Assert.Equal(LogLevel.Warning, Assert.Single(_harness.Logs.Entries).Level);
    }

    [Fact]
    public async Task ReceiveAsync_TimeWasUsedUpBeforeTheBody_IsOurOwnBudget()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        var found = new TaskCompletionSource();
        _harness.Sites.Before = _ => found.Task;
        var context = Forged("slow");
        ReceiverHarness.UseBody(context, new Pipe().Reader);
        var receiving = _harness.SendAsync(context);
        _harness.Clock.Advance(TimeSpan.FromSeconds(6));
        found.SetResult();
        _harness.Clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(503, (await receiving).Status);
        Assert.Equal(1, unavailable.Count("reason=budget site=slow"));
    }

    /// <summary>Kestrel has a lowest rate of its own, and throws when a body comes more slowly.</summary>
    [Fact]
    public async Task ReceiveAsync_ServerFindsTheBodyTooSlow_IsSlowBody()
    {
        using var unavailable = Metrics.Counter(DeliveryMetrics.Unavailable);
        var context = Forged("slow");
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync(new BadHttpRequestException("too slow", 408));
        ReceiverHarness.UseBody(context, pipe.Reader);

        Assert.Equal(503, (await _harness.SendAsync(context)).Status);
        Assert.Equal(1, unavailable.Count("reason=slow_body site=slow"));
    }

    [Theory]
    [InlineData("slow", "Content-Length: 16800000")]
    [InlineData("slow", "Transfer-Encoding: chunked")]
    [InlineData("unknown", "Content-Length: 16800000")]
    [InlineData("unknown", "Transfer-Encoding: chunked")]
    public async Task Post_BodyStops_Is503AndTheServerHasNothingToComplainOf(string site, string framing)
    {
        var server = await ReceiverServer.StartAsync(_harness);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/deliveries/{site} HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature: sha256={new string('0', 64)}\r\nExpect: 100-continue\r\n{framing}\r\n\r\n"));
            Assert.StartsWith("HTTP/1.1 100", await ReadAsync(stream), StringComparison.Ordinal); // sent when the body is asked for
            await stream.WriteAsync("5\r\nabcde\r\n"u8.ToArray());
            _harness.Clock.Advance(_harness.Options.DeliveryBudget);

            Assert.StartsWith("HTTP/1.1 503", await ReadAsync(stream), StringComparison.Ordinal);
        }

        await server.DisposeAsync();
        Assert.NotEmpty(server.ServerLog.GetSnapshot());
        Assert.All(server.ServerLog.GetSnapshot(), entry => Assert.True(entry.Level < LogLevel.Warning, entry.Text));
        Assert.DoesNotContain(server.ServerLog.GetSnapshot(), entry => entry.Text.Contains("Reading is already in progress", StringComparison.Ordinal));
    }

    private DefaultHttpContext Forged(string site)
    {
        var context = _harness.Request(site);
        context.Request.Headers["X-Hub-Signature"] = "sha256=" + new string('0', 64);
        return context;
    }

    private async Task<Answered> LateAsync(HttpContext context)
    {
        ReceiverHarness.UseBody(context, new Pipe().Reader);
        var receiving = _harness.SendAsync(context);
        Assert.False(receiving.IsCompleted);
        _harness.Clock.Advance(_harness.Options.DeliveryBudget);
        return await receiving;
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal) && !text.EndsWith("later.\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer) is > 0 and var read)
        {
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return text;
    }
}
