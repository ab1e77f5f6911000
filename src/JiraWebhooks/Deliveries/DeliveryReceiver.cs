using Microsoft.AspNetCore.Http;

namespace JiraWebhooks.Deliveries;

/// <summary>Receives one delivery: read, verify, describe, publish, answer (decisions 1 to 8).</summary>
public sealed class DeliveryReceiver
{
    /// <summary>Route of the callback URL, without a leading slash; the Functions host adds the prefix <c>api</c>.</summary>
    public const string Route = "deliveries/{site}";

    /// <summary>Handles the request and writes the whole answer: 200 after the publisher returned, 401, 413, 415 or 503. Never throws.</summary>
    public Task ReceiveAsync(HttpContext context, string siteId) => throw new NotImplementedException();
}
