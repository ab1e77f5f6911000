using JiraWebhooks.Publishing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Tells a load balancer or an availability test whether this process can publish deliveries. Health tells about the sites.</summary>
public sealed class Live(PublisherLiveness liveness)
{
    /// <summary>Answers 200 or 503, without a body.</summary>
    [Function(nameof(Live))]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "live")] HttpRequest request, CancellationToken cancellationToken) =>
        Results.StatusCode(await liveness.IsLiveAsync(cancellationToken) ? 200 : 503);
}
