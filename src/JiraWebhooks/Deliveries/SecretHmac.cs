using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Deliveries;

/// <summary>HMAC-SHA256 under a site's secret with keyed states that are used again: setting one up in OpenSSL costs as much as
/// hashing 3 KB. States live as long as their secret.</summary>
internal sealed class SecretHmac
{
    private static readonly ConditionalWeakTable<SiteSecret, SecretHmac> All = [];

    private readonly ConcurrentBag<IncrementalHash> _free = [];

    /// <summary>Writes the 32 bytes of the HMAC of <paramref name="data"/> to <paramref name="destination"/>.</summary>
    public static void Hash(SiteSecret secret, ReadOnlySpan<byte> data, Span<byte> destination) =>
        All.GetValue(secret, static _ => new SecretHmac()).HashWith(secret, data, destination);

    private void HashWith(SiteSecret secret, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (!_free.TryTake(out var state)) state = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Bytes);

        // One that failed half-way is not given back: it could hold a part of this delivery.
        state.AppendData(data);
        state.GetHashAndReset(destination);
        _free.Add(state);
    }
}
