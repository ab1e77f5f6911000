using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using JiraWebhooks.Hosting;

namespace JiraWebhooks.Deliveries;

/// <summary>HMAC-SHA256 with a site's secret. Keyed states are reused: creating one in OpenSSL costs as much as hashing 3 KB. States live as long as
/// their secret.</summary>
internal sealed class SecretHmac
{
    private static readonly ConditionalWeakTable<SiteSecret, SecretHmac> All = [];

    private readonly ConcurrentBag<IncrementalHash> _free = [];

    /// <summary>Writes the 32 bytes of the HMAC of <paramref name="data"/> to <paramref name="destination"/>.</summary>
    public static void Hash(SiteSecret secret, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var all = Of(secret);
        var state = all.Take(secret.Bytes);
        state.AppendData(data);
        state.GetHashAndReset(destination);
        all._free.Add(state);
    }

    /// <summary>A state to append to. Return it with <see cref="Give"/> after its hash was read. A state that was not ended contains a part of a
    /// delivery and must be disposed.</summary>
    public static IncrementalHash Take(SiteSecret secret) => Of(secret).Take(secret.Bytes);

    /// <summary>Takes a state back.</summary>
    public static void Give(SiteSecret secret, IncrementalHash state) => Of(secret)._free.Add(state);

    private IncrementalHash Take(ReadOnlySpan<byte> key) => _free.TryTake(out var state) ? state : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

    private static SecretHmac Of(SiteSecret secret) => All.GetValue(secret, static _ => new SecretHmac());
}
