using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusSimulator.Broker;

namespace ServiceBusSimulator.Amqp;

/// <summary>A link on which a client receives messages: sends as many as the client has given credit for, and settles them as it says.</summary>
internal sealed class OutgoingLink
{
    private static readonly AmqpSymbol SessionFilter = "com.microsoft:session-filter";
    private static readonly AmqpSymbol LockedUntil = "com.microsoft:locked-until-utc";
    private static readonly AmqpSymbol AttachTimeout = "com.microsoft:timeout";

    private readonly SendingAmqpLink _link;
    private readonly MessageQueue _queue;
    private readonly SessionLock? _session;
    private readonly Lock _gate = new();
    private uint _sent;

    private OutgoingLink(SendingAmqpLink link, MessageQueue queue, SessionLock? session) => (_link, _queue, _session) = (link, queue, session);

    private bool Deletes => _link.Settings.SettleType == SettleMode.SettleOnSend;

    /// <summary>Attaches the link. Where it asks for a session, waits until one can be locked.</summary>
    public static async Task AttachAsync(SendingAmqpLink link, MessageQueue queue, TimeProvider clock)
    {
        var source = (Source)link.Settings.Source;
        var filters = source.FilterSet;
        var asksForSession = filters is not null && filters.Any(filter => filter.Key.Equals(new MapKey(SessionFilter)));
        if (queue.RequiresSession && !asksForSession)
        {
            throw BusErrors.Exception(AmqpErrorCode.NotAllowed, "It is not possible for an entity that requires sessions to create a non-sessionful message receiver.");
        }

        SessionLock? session = null;
        if (asksForSession)
        {
            if (!queue.RequiresSession) throw BusErrors.Exception(AmqpErrorCode.NotAllowed, "A sessionful message receiver cannot be created on an entity that does not require sessions.");

            session = await LockSessionAsync(queue, Text(filters![SessionFilter]), Timeout(link.Settings), clock);
            filters[SessionFilter] = session.Id;
            link.Settings.Properties ??= new Fields();
            link.Settings.Properties[LockedUntil] = session.LockedUntil.UtcTicks;
        }

        new OutgoingLink(link, queue, session).Start();
    }

    private void Start()
    {
        _link.RegisterCreditListener((_, drain, _) =>
        {
            Pump();
            if (drain) AnswerDrain();
        });
        _link.RegisterDispositionListener(Settle);
        _link.Opened += (_, _) => Pump(); // prefetch gives credit together with the attach
        _queue.Changed += Pump;
        _link.Closed += (_, _) =>
        {
            _queue.Changed -= Pump;
            if (_session is not null) _queue.ReleaseSession(_session);
        };
    }

    private static async Task<SessionLock> LockSessionAsync(MessageQueue queue, string? id, TimeSpan timeout, TimeProvider clock)
    {
        if (queue.LockSession(id) is { } first) return first;
        if (id is not null) throw BusErrors.Exception(BusErrors.SessionCannotBeLocked, $"The requested session '{id}' cannot be accepted. It may be locked by another receiver.");

        using var limit = new CancellationTokenSource(timeout, clock);
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            queue.Changed += changed.SetFirst;
            try
            {
                if (queue.LockSession(null) is { } session) return session;
                await changed.Task.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw BusErrors.Exception(BusErrors.Timeout, "There is no session with messages that could be locked.");
            }
            finally
            {
                queue.Changed -= changed.SetFirst;
            }
        }
    }

    private void Pump()
    {
        lock (_gate)
        {
            if (_session?.IsLost is true && !_link.IsClosing())
            {
                _link.SafeClose(BusErrors.Exception(BusErrors.SessionLockLost, "The session lock has expired on the session."));
                return;
            }

            while (_link.State == AmqpObjectState.Opened && _link.LinkCredit > 0 && _queue.Take(Deletes, _session) is { } message)
            {
                var tag = Deletes ? Guid.NewGuid() : message.LockToken;
                _sent++;
                _link.SendMessageNoWait(MessageCodec.Write(message), new ArraySegment<byte>(tag.ToByteArray()), AmqpConstants.NullBinary);
            }
        }
    }

    // A client that no longer waits takes its credit back. The library answers without the mark that JavaScript's client waits for.
    private void AnswerDrain()
    {
        lock (_gate)
        {
            _link.Session.SendFlow(new Flow { Handle = _link.LocalHandle, DeliveryCount = _sent + _link.LinkCredit, LinkCredit = 0, Available = 0, Drain = true });
        }
    }

    // The answer is accepted whatever the outcome: the SDK takes any other answer for an error.
    private void Settle(Delivery delivery)
    {
        if (Deletes) return;

        var token = new Guid(delivery.DeliveryTag);
        var isSettled = delivery.State switch
        {
            Accepted => _queue.Complete(token),
            Released => _queue.Abandon(token, failed: false),
            Modified modified => _queue.Abandon(token, failed: modified.DeliveryFailed is not false),
            Rejected rejected => _queue.DeadLetter(token, Info(rejected, "DeadLetterReason"), Info(rejected, "DeadLetterErrorDescription")),
            _ => true,
        };
        DeliveryState answer = isSettled ? AmqpConstants.AcceptedOutcome : new Rejected { Error = BusErrors.Of(BusErrors.MessageLockLost, "The lock supplied is invalid.") };
        if (!delivery.Settled) _link.DisposeDelivery(delivery, settled: true, answer);
    }

    // .NET writes the keys as symbols, JavaScript as strings.
    private static string? Info(Rejected rejected, string name) =>
        rejected.Error?.Info?.FirstOrDefault(pair => pair.Key.ToString() == name).Value as string ?? (name == "DeadLetterReason" ? rejected.Error?.Condition.Value : rejected.Error?.Description);

    private static string? Text(object? filter) => (filter is DescribedType described ? described.Value : filter) as string;

    private static TimeSpan Timeout(AmqpLinkSettings settings) =>
        settings.Properties is { } properties && properties.TryGetValue<uint>(AttachTimeout, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.FromSeconds(60);
}

internal static class TaskCompletionSourceExtensions
{
    /// <summary>Completes the task, if it is not complete.</summary>
    public static void SetFirst(this TaskCompletionSource source) => source.TrySetResult();
}
