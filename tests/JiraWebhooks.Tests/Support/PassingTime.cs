namespace JiraWebhooks.Tests.Support;

/// <summary>Time that passes for Azurite, whose clock cannot be set: what a test adds since the last write is added to the <c>Date</c> of its responses.
/// This is right for one row.</summary>
internal sealed class PassingTime() : DelegatingHandler(new SocketsHttpHandler())
{
    private TimeSpan _sinceWrite;

    public void Advance(TimeSpan time) => _sinceWrite += time;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Method == HttpMethod.Get) response.Headers.Date += _sinceWrite;
        else if (response.IsSuccessStatusCode) _sinceWrite = TimeSpan.Zero;
        return response;
    }
}
