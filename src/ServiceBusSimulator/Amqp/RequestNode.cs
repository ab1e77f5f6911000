using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace ServiceBusSimulator.Amqp;

/// <summary>A node that answers requests, on one connection. The request names the link that its answer goes to: .NET by the target address of that
/// link, JavaScript by its name.</summary>
internal sealed class RequestNode(Func<AmqpMessage, AmqpMessage?> answer)
{
    private static readonly ConditionalWeakTable<AmqpConnection, ConcurrentDictionary<string, RequestNode>> All = [];

    private readonly ConcurrentDictionary<string, SendingAmqpLink> _replies = new(StringComparer.Ordinal);
    private int _tag;

    /// <summary>The node of that address on the connection.</summary>
    public static RequestNode Of(AmqpConnection connection, string address, Func<AmqpMessage, AmqpMessage?> answer) =>
        All.GetValue(connection, _ => new(StringComparer.Ordinal)).GetOrAdd(address, _ => new RequestNode(answer));

    public void Attach(AmqpLink link)
    {
        if (link is ReceivingAmqpLink requests)
        {
            requests.RegisterMessageListener(request => Handle(requests, request));
            return;
        }

        var replies = (SendingAmqpLink)link;
        string[] names = [.. new[] { (replies.Settings.Target as Target)?.Address?.ToString(), replies.Name }.OfType<string>()];
        foreach (var name in names) _replies[name] = replies;
        replies.Closed += (_, _) =>
        {
            foreach (var name in names) _replies.TryRemove(new(name, replies));
        };
    }

    private void Handle(ReceivingAmqpLink requests, AmqpMessage request)
    {
        var replyTo = request.Properties.ReplyTo?.ToString();
        var correlation = request.Properties.MessageId;
        var reply = answer(request);
        requests.DisposeDelivery(request, settled: true, AmqpConstants.AcceptedOutcome);
        if (reply is null || replyTo is null || !_replies.TryGetValue(replyTo, out var link)) return;

        reply.Properties.CorrelationId = correlation;
        link.SendMessageNoWait(reply, new ArraySegment<byte>(BitConverter.GetBytes(Interlocked.Increment(ref _tag))), AmqpConstants.NullBinary);
    }
}
