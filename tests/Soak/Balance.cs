using System.Security.Cryptography;
using JiraSimulator;

namespace Soak;

/// <summary>What a subscriber received, compared with what Jira emitted.</summary>
internal sealed class Balance
{
    private readonly Dictionary<string, HashSet<string>> _bodies = new(StringComparer.Ordinal);

    /// <summary>Messages received.</summary>
    public int Messages { get; private set; }

    /// <summary>Those that came from Jira's failed list.</summary>
    public int Recovered { get; private set; }

    /// <summary>Messages that repeat an earlier one. Service Bus drops them.</summary>
    public int Repeats => Messages - _bodies.Count;

    /// <summary>MessageIds with more than one body.</summary>
    public int WithTwoBodies => _bodies.Count(message => message.Value.Count > 1);

    public void Add(string messageId, bool isRecovered, BinaryData body)
    {
        Messages++;
        if (!_bodies.TryGetValue(messageId, out var bodies))
        {
            _bodies[messageId] = bodies = [];
            if (isRecovered) Recovered++;
        }

        bodies.Add(Hash(body.ToMemory()));
    }

    public bool Has(EmittedEvent emitted) => _bodies.ContainsKey(IdOf(emitted));

    public bool HasBody(EmittedEvent emitted) => _bodies[IdOf(emitted)].Contains(Hash(emitted.Body));

    private static string IdOf(EmittedEvent emitted) => $"{emitted.Site}:{emitted.Identifier}";

    private static string Hash(ReadOnlyMemory<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body.Span));
}
