using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace JiraWebhooks.Tests.OAuth;

/// <summary>The token endpoint over <see cref="TokenAuthority"/>, and the factory that hands out its client.</summary>
internal sealed class TokenEndpoint(TokenAuthority authority) : HttpMessageHandler, IHttpClientFactory
{
    public ConcurrentQueue<AskedToken> Requests { get; } = new();

    /// <summary>Called for each request before the authority; an answer of its own takes the authority's place.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage?>> Before { get; set; } = (_, _) => Task.FromResult<HttpResponseMessage?>(null);

    /// <summary>Called after the authority has acted and before its answer is on the way.</summary>
    public Func<CancellationToken, Task> After { get; set; } = _ => Task.CompletedTask;

    public HttpClient CreateClient(string name)
    {
        Assert.Equal("atlassian-auth", name);
        return new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void AnswerAlways(int status, string body) => Before = (_, _) => Task.FromResult<HttpResponseMessage?>(Json(status, body));

    public static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Enqueue(new AskedToken(request.Method, request.RequestUri!, request.Content?.Headers.ContentType?.ToString(), request.Headers.Authorization?.ToString(), body)
        {
            Accept = request.Headers.Accept.ToString(),
        });
        if (await Before(request, cancellationToken) is { } scripted) return scripted;

        var answer = authority.Answer(body);
        await After(cancellationToken);
        return answer;
    }
}

internal sealed record AskedToken(HttpMethod Method, Uri Uri, string? ContentType, string? Authorization, string Body)
{
    public string Accept { get; init; } = "";
}
