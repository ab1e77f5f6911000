namespace JiraWebhooks.Tests.Support;

/// <summary>Makes a connection that the in-memory server drops look as it does on a network.</summary>
internal sealed class DroppedConnections : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception dropped) when (dropped is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("The connection was dropped.", dropped);
        }
    }
}
