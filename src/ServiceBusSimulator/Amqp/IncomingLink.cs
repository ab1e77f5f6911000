using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusSimulator.Broker;

namespace ServiceBusSimulator.Amqp;

/// <summary>A link on which a client sends messages.</summary>
internal sealed class IncomingLink(ReceivingAmqpLink link, BusEntity entity, BusFaults faults, long maxMessageBytes)
{
    public void Receive(AmqpMessage transfer)
    {
        var fault = faults.Send(entity.Name);
        if (fault is BusFault.NoAnswer) return;
        if (fault is BusFault.DropBeforeStoring)
        {
            link.Session.Connection.Abort();
            return;
        }

        var error = fault is { } known ? BusErrors.Of(known) : null;
        error ??= Store(transfer);
        if (fault is BusFault.DropAfterStoring) link.Session.Connection.Abort();
        else link.DisposeDelivery(transfer, settled: true, error is null ? AmqpConstants.AcceptedOutcome : new Rejected { Error = error });
    }

    private Error? Store(AmqpMessage transfer)
    {
        if (transfer.SerializedMessageSize > maxMessageBytes)
        {
            return BusErrors.Of(AmqpErrorCode.MessageSizeExceeded, $"The message has {transfer.SerializedMessageSize} bytes; the maximum is {maxMessageBytes}.");
        }

        try
        {
            var messages = MessageCodec.Read(transfer);
            if (entity.NeedsSession && messages.Any(message => string.IsNullOrEmpty(message.SessionId)))
            {
                return BusErrors.Of(AmqpErrorCode.NotAllowed, "The SessionId was not set on a message, and it cannot be sent to the entity.");
            }

            entity.Send(messages);
            return null;
        }
        catch (AmqpException invalid)
        {
            return invalid.Error;
        }
    }
}
