using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusSimulator.Amqp;

/// <summary>Accepts tokens (claims-based security). Nothing is checked: every caller on this machine may do everything.</summary>
internal static class TokenNode
{
    public static AmqpMessage? Answer(AmqpMessage request, BusFaults faults)
    {
        var fault = faults.Token();
        if (fault is BusFault.NoAnswer) return null;

        var operation = request.ApplicationProperties.Map["operation"] as string;
        var status = fault is { } known ? BusErrors.TokenStatus(known) : operation == "put-token" ? 202 : 400;
        var reply = AmqpMessage.Create(new AmqpValue { Value = null });
        reply.ApplicationProperties.Map["status-code"] = status;
        reply.ApplicationProperties.Map["status-description"] = fault is null ? "Accepted" : $"Simulated: {fault}.";
        return reply;
    }
}
