using System.Globalization;
using JiraWebhooks.Publishing;
using LocalHost.Simulation;

namespace LocalHost.Demo;

/// <summary>Simulates a receiver that fails: its bus is unavailable, or its response is lost. Most deliveries succeed on a later attempt. On
/// sites that can recover deliveries, some fail until Jira gives up.</summary>
internal sealed class FlakyReceiver(IDeliveryPublisher bus) : IDeliveryPublisher
{
    // The Connect site has the failed list, the OAuth site the search for changed issues.
    private static readonly string[] Recoverable = [SimulatedSites.Connect, SimulatedSites.OAuth];

    public Task PublishAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        var fate = Fate(message.Identifier);
        var isAway = (fate < 20 && Recoverable.Contains(message.Site)) || (fate is >= 20 and < 30 && message.Retry < 2);
        return isAway ? throw new TimeoutException("The bus is not available.") : bus.PublishAsync(message, cancellationToken);
    }

    public async Task PublishAsync(IReadOnlyList<DeliveryMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages) await PublishAsync(message, cancellationToken);
    }

    public Task OpenAsync(CancellationToken cancellationToken) => bus.OpenAsync(cancellationToken);

    /// <summary>Loses the response of some accepted deliveries.</summary>
    public static async Task LoseAnswersAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var headers = context.Request.Headers;
        if (headers["X-Atlassian-Webhook-Identifier"].ToString() is { Length: > 0 } identifier
            && Fate(identifier) is >= 30 and < 36
            && !headers.ContainsKey("X-Atlassian-Webhook-Retry"))
        {
            context.Abort();
        }
    }

    // The identifier decides, so that a run is repeatable.
    private static int Fate(string identifier) => int.Parse(identifier.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 100;
}
