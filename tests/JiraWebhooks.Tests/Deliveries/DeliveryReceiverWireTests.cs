using System.Net;
using System.Text;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryReceiverWireTests
{
    [Fact]
    [Trait("Rule", "parallel-deliveries")]
    public async Task Post_ThirtyAtOnceFromOneSite_AllAreTaken()
    {
        await using var server = await ReceiverServer.StartAsync();
        var all = new TaskCompletionSource();
        var waiting = 0;
        server.Harness.Publisher.Before = (_, _) =>
        {
            if (Interlocked.Increment(ref waiting) == 30) all.SetResult();
            return all.Task; // no request is answered before all thirty have arrived
        };
        using var client = new HttpClient { BaseAddress = server.Address };

        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async number =>
        {
            using var request = Request(server, $"id-{number}");
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(30, server.Harness.Publisher.Messages.Select(message => message.MessageId).Distinct().Count());
    }

    [Fact]
    [Trait("Rule", "body-size")]
    public async Task Post_ChunkedBodyAboveTheLimit_Is413ByOurOwnCount()
    {
        await using var server = await ReceiverServer.StartAsync();
        var block = new byte[1024 * 1024];

        // Also above Kestrel's 30,000,000 bytes, which must not answer in our place.
        var answer = await server.SendRawAsync(
            [.. Head("acme", $"{Bearer(server)}\r\nTransfer-Encoding: chunked"), .. Enumerable.Repeat(Chunk(block), 31), "0\r\n\r\n"u8.ToArray()]);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("text/plain", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "body-size")]
    public async Task Post_LengthAboveTheServersOwnLimit_IsStillCountedByUs()
    {
        await using var server = await ReceiverServer.StartAsync();

        // Kestrel would refuse 40 MB by the header alone, with an exception and not with an answer.
        var answer = await server.SendRawAsync(
            [.. Head("acme", $"{Bearer(server)}\r\nContent-Length: 40000000"), .. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[1024 * 1024], 26)]);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "body-size")]
    public async Task Post_ChunkedBodyOfTheLargestSize_IsTaken()
    {
        await using var server = await ReceiverServer.StartAsync();
        var body = new byte[25 * 1024 * 1024];
        using var client = new HttpClient { BaseAddress = server.Address };
        using var request = Request(server, "id");
        request.Content = new StreamContent(new MemoryStream(body));
        request.Headers.TransferEncodingChunked = true;

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, Assert.Single(server.Harness.Publisher.Messages).Body.ToArray());
    }

    [Fact]
    [Trait("Rule", "verify-raw-body")]
    public async Task Post_TwoAuthorizationHeaders_Is401()
    {
        await using var server = await ReceiverServer.StartAsync();
        var token = TestTokens.OAuth(server.Harness.Clock.GetUtcNow());

        var answer = await server.SendRawAsync(
            [.. Head("acme", $"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\nContent-Length: 2"), "{}"u8.ToArray()]);

        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_HeaderNamesInLowerCase_AreTheSame_Fact21()
    {
        await using var server = await ReceiverServer.StartAsync();
        var token = TestTokens.OAuth(server.Harness.Clock.GetUtcNow());

        var answer = await server.SendRawAsync(
            [.. Head("acme", $"authorization: bearer {token}\r\nx-atlassian-webhook-identifier: low\r\ncontent-length: 2"), "{}"u8.ToArray()]);

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal("acme:low", Assert.Single(server.Harness.Publisher.Messages).MessageId);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Post_BrokenChunk_Is503()
    {
        await using var server = await ReceiverServer.StartAsync();

        var answer = await server.SendRawAsync([.. Head("acme", $"{Bearer(server)}\r\nTransfer-Encoding: chunked"), "5\r\nab"u8.ToArray(), "zzzzzzzzz\r\n"u8.ToArray()]);

        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Empty(server.Harness.Publisher.Messages);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Post_Accepted_HasAnEmptyBody()
    {
        await using var server = await ReceiverServer.StartAsync();
        using var client = new HttpClient { BaseAddress = server.Address };
        using var request = Request(server, "id");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0L, response.Content.Headers.ContentLength);
    }

    /// <summary>Most of the body is never sent: a caller without a credential is answered before it.</summary>
    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [InlineData("initech")]
    [InlineData("unknown")]
    [Trait("Rule", "verify-raw-body")]
    public async Task Post_AStrangersLargeBody_Is401BeforeItIsRead(string site)
    {
        await using var server = await ReceiverServer.StartAsync();

        var answer = await server.SendRawAsync([.. Head(site, "Content-Length: 20000000"), new byte[100]]);

        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    /// <summary>Kestrel reads the rest or closes; a caller that sends the whole body still reads the answer, and the next request is served.</summary>
    [Theory]
    [InlineData("acme")]
    [InlineData("unknown")]
    [Trait("Decision", "200-after-publish")]
    public async Task Post_AStrangersLargeBodySentWhole_Is401AndTheServerGoesOn(string site)
    {
        await using var server = await ReceiverServer.StartAsync();
        using var client = new HttpClient { BaseAddress = server.Address };
        using var forged = new HttpRequestMessage(HttpMethod.Post, $"/api/deliveries/{site}") { Content = new ByteArrayContent(new byte[20_000_000]) };
        using var genuine = Request(server, "id");

        using var refused = await client.SendAsync(forged);
        using var taken = await client.SendAsync(genuine);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    private static string Bearer(ReceiverServer server) => $"Authorization: Bearer {TestTokens.OAuth(server.Harness.Clock.GetUtcNow())}";

    private static HttpRequestMessage Request(ReceiverServer server, string identifier) => new(HttpMethod.Post, "/api/deliveries/acme")
    {
        Content = new ByteArrayContent(ReceiverHarness.Body),
        Headers =
        {
            { "Authorization", $"Bearer {TestTokens.OAuth(server.Harness.Clock.GetUtcNow())}" },
            { "X-Atlassian-Webhook-Identifier", identifier },
        },
    };

    private static ReadOnlyMemory<byte>[] Head(string site, string headers) =>
        [Encoding.ASCII.GetBytes($"POST /api/deliveries/{site} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n")];

    private static ReadOnlyMemory<byte> Chunk(byte[] block) =>
        (byte[])[.. Encoding.ASCII.GetBytes($"{block.Length:x}\r\n"), .. block, .. "\r\n"u8];
}
