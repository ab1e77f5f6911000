using JiraWebhooks.Deliveries;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>Receives Jira's deliveries. Anonymous for the Functions host: Jira cannot send a key, and its signature replaces it.</summary>
public sealed class ReceiveDelivery(DeliveryReceiver receiver)
{
    /// <summary>Passes the request to the receiver, which also writes the response.</summary>
    [Function(nameof(ReceiveDelivery))]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = DeliveryReceiver.Route)] HttpRequest request, string site) =>
        receiver.ReceiveAsync(request.HttpContext, site);
}
