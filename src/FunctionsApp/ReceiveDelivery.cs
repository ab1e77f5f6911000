using JiraWebhooks.Deliveries;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Takes Jira's deliveries. Anonymous for the Functions host: Jira cannot send a key, its signature is the key.</summary>
public sealed class ReceiveDelivery(DeliveryReceiver receiver)
{
    /// <summary>Hands the request over, answer and all.</summary>
    [Function(nameof(ReceiveDelivery))]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = DeliveryReceiver.Route)] HttpRequest request, string site) =>
        receiver.ReceiveAsync(request.HttpContext, site);
}
