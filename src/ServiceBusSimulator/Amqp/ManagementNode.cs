using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusSimulator.Broker;

namespace ServiceBusSimulator.Amqp;

/// <summary>The operations of a queue that are requests and not links: peek, renew a lock, settle without the link
/// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response"/>).</summary>
internal static class ManagementNode
{
    public static AmqpMessage Answer(AmqpMessage request, MessageQueue queue)
    {
        var operation = request.ApplicationProperties.Map["operation"] as string;
        var body = request.ValueBody?.Value as AmqpMap ?? [];
        return operation switch
        {
            "com.microsoft:peek-message" => Peek(body, queue),
            "com.microsoft:renew-lock" => Renew(body, queue),
            "com.microsoft:renew-session-lock" => RenewSession(body, queue),
            "com.microsoft:update-disposition" => Settle(body, queue),
            _ => Reply(501, $"{operation} is not simulated.", null, AmqpErrorCode.NotImplemented),
        };
    }

    private static AmqpMessage Peek(AmqpMap body, MessageQueue queue)
    {
        var found = queue.Peek(Convert.ToInt64(body[Key("from-sequence-number")], provider: null), Convert.ToInt32(body[Key("message-count")], provider: null), body[Key("session-id")] as string);
        if (found.Count == 0) return Reply(204, "No messages.", null);

        var messages = found.Select(message => new AmqpMap { [Key("message")] = MessageCodec.Encode(MessageCodec.Write(message)) }).ToList();
        return Reply(200, "OK", new AmqpMap { [Key("messages")] = messages });
    }

    private static AmqpMessage Renew(AmqpMap body, MessageQueue queue)
    {
        var ends = Tokens(body).Select(queue.Renew).ToList();
        return ends.Contains(null)
            ? Reply(410, "The lock supplied is invalid. Either the lock expired, or the message has already been removed.", null, BusErrors.MessageLockLost)
            : Reply(200, "OK", new AmqpMap { [Key("expirations")] = ends.Select(end => end!.Value.UtcDateTime).ToArray() });
    }

    private static AmqpMessage RenewSession(AmqpMap body, MessageQueue queue) => queue.RenewSession((string)body[Key("session-id")]) is { } end
        ? Reply(200, "OK", new AmqpMap { [Key("expiration")] = end.UtcDateTime })
        : Reply(410, "The session lock was lost.", null, BusErrors.SessionLockLost);

    private static AmqpMessage Settle(AmqpMap body, MessageQueue queue)
    {
        var status = body[Key("disposition-status")] as string;
        var isSettled = Tokens(body).All(token => status switch
        {
            "completed" => queue.Complete(token),
            "abandoned" => queue.Abandon(token, failed: true),
            "suspended" => queue.DeadLetter(token, body[Key("deadletter-reason")] as string, body[Key("deadletter-description")] as string),
            _ => false,
        });
        return isSettled ? Reply(200, "OK", null) : Reply(410, "The lock supplied is invalid.", null, BusErrors.MessageLockLost);
    }

    private static MapKey Key(string name) => new(name);

    private static IEnumerable<Guid> Tokens(AmqpMap body) => body[Key("lock-tokens")] is Array tokens ? tokens.OfType<Guid>() : [];

    private static AmqpMessage Reply(int status, string description, AmqpMap? body, AmqpSymbol? condition = null)
    {
        var reply = AmqpMessage.Create(new AmqpValue { Value = body });
        reply.ApplicationProperties.Map["statusCode"] = status;
        reply.ApplicationProperties.Map["statusDescription"] = description;
        if (condition is { } known) reply.ApplicationProperties.Map["errorCondition"] = known;
        return reply;
    }
}
