using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;
using ServiceBusSimulator.Broker;

namespace ServiceBusSimulator.Amqp;

/// <summary>Listens on loopback and gives each attached link to the node of its address.</summary>
internal sealed class AmqpServer : IRuntimeProvider
{
    // .NET's SDK authenticates with a mechanism of its own, JavaScript's anonymously; the token follows on $cbs.
    private static readonly string[] Mechanisms = ["MSSBCBS", "ANONYMOUS"];

    private const string Tokens = "$cbs";
    private const string Management = "/$management";

    private readonly BusEntities _entities;
    private readonly BusFaults _faults;
    private readonly TimeProvider _clock;
    private readonly ulong _maxMessageBytes;
    private readonly PortClaim _claim;
    private readonly AmqpConnectionListener _listener;

    public AmqpServer(BusEntities entities, BusFaults faults, TimeProvider clock, int port, long maxMessageBytes)
    {
        (_entities, _faults, _clock, _maxMessageBytes) = (entities, faults, clock, (ulong)maxMessageBytes);
        _claim = PortClaim.Take(port);
        var sasl = new SaslTransportProvider();
        foreach (var mechanism in Mechanisms) sasl.AddHandler(new SaslAnonymousHandler(mechanism));
        sasl.Versions.Add(new AmqpVersion(1, 0, 0));
        var settings = new AmqpSettings { RuntimeProvider = this };
        settings.TransportProviders.Add(sasl);
        _listener = new AmqpConnectionListener(
            [$"amqp://127.0.0.1:{Port}"],
            settings,
            new AmqpConnectionSettings { ContainerId = "service-bus-simulator", MaxFrameSize = 64 * 1024, IdleTimeOut = 4 * 60 * 1000 });
    }

    public int Port => _claim.Port;

    public void Open() => _listener.Open();

    public void Close()
    {
        try
        {
            _listener.Close();
        }
        finally
        {
            _claim.Dispose();
        }
    }

    public AmqpConnection CreateConnection(
        TransportBase transport, ProtocolHeader protocolHeader, bool isInitiator, AmqpSettings amqpSettings, AmqpConnectionSettings connectionSettings) =>
        new(transport, protocolHeader, isInitiator, amqpSettings, connectionSettings);

    public AmqpSession CreateSession(AmqpConnection connection, AmqpSessionSettings settings) => new(connection, settings, this);

    public AmqpLink CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        if (!settings.IsReceiver()) return new SendingAmqpLink(session, settings);

        settings.MaxMessageSize = _maxMessageBytes;
        settings.TotalLinkCredit = 1000;
        settings.AutoSendFlow = true;
        return new ReceivingAmqpLink(session, settings);
    }

    // The library finds the link again by the state of the result.
    public IAsyncResult BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        var opened = new TaskCompletionSource(state);
        opened.Task.ContinueWith(task => callback(task), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = OpenAsync(link, opened);
        return opened.Task;
    }

    public void EndOpenLink(IAsyncResult result) => ((Task)result).GetAwaiter().GetResult();

    private async Task OpenAsync(AmqpLink link, TaskCompletionSource opened)
    {
        try
        {
            if (await AttachAsync(link)) opened.SetResult();
        }
        catch (Exception error)
        {
            opened.SetException(error);
        }
    }

    // Returns false if the attach is never answered.
    private async Task<bool> AttachAsync(AmqpLink link)
    {
        var address = Address(link) ?? throw BusErrors.Exception(AmqpErrorCode.InvalidField, "The link has no address.");
        if (address == Tokens)
        {
            RequestNode.Of(link.Session.Connection, Tokens, request => TokenNode.Answer(request, _faults)).Attach(link);
            return true;
        }

        switch (_faults.Attach(address))
        {
            case BusFault.NoAnswer:
                return false;
            case { } fault when BusErrors.Of(fault) is { } error:
                throw new AmqpException(error);
            case not null:
                link.Session.Connection.Abort();
                return false;
        }

        if (address.EndsWith(Management, StringComparison.Ordinal))
        {
            var queue = Source(address[..^Management.Length]);
            RequestNode.Of(link.Session.Connection, address, request => ManagementNode.Answer(request, queue)).Attach(link);
        }
        else if (link is ReceivingAmqpLink incoming)
        {
            var entity = _entities.Target(address) ?? throw NotFound(address);
            incoming.RegisterMessageListener(new IncomingLink(incoming, entity, _faults, (long)_maxMessageBytes).Receive);
        }
        else await OutgoingLink.AttachAsync((SendingAmqpLink)link, Source(address), _clock);

        return true;
    }

    private MessageQueue Source(string address) => _entities.SourceAt(address) ?? throw NotFound(address);

    private static AmqpException NotFound(string address) => BusErrors.Exception(AmqpErrorCode.NotFound, $"The messaging entity '{address}' could not be found.");

    private static string? Address(AmqpLink link)
    {
        var address = (link.IsReceiver ? (link.Settings.Target as Target)?.Address : (link.Settings.Source as Source)?.Address)?.ToString();

        // Some clients give the whole address, amqp://host/entity.
        return Uri.TryCreate(address, UriKind.Absolute, out var whole) && whole.Scheme.StartsWith("amqp", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(whole.AbsolutePath).Trim('/')
            : address?.Trim('/');
    }
}
