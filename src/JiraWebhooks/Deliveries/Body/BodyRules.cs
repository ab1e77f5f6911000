using System.Security.Cryptography;

namespace JiraWebhooks.Deliveries;

/// <summary>How a body is read.</summary>
/// <param name="Memory">The memory of large bodies.</param>
/// <param name="Limit">Maximum bytes.</param>
/// <param name="Keep">False if the body is only hashed and counted.</param>
internal readonly record struct BodyRules(BodyMemory Memory, int Limit, bool Keep)
{
    /// <summary>True when the sender is verified, so that <see cref="Declared"/> can be trusted.</summary>
    public bool Verified { get; init; }

    /// <summary>Content-Length, or null.</summary>
    public long? Declared { get; init; }

    /// <summary>Hashes what is read; null if nothing signs the body. It is disposed unless the whole body is read.</summary>
    public IncrementalHash? Hash { get; init; }

    /// <summary>Bytes to reserve when <paramref name="needed"/> bytes have arrived. A verified body reserves its whole length at once, so that it
    /// never waits while it holds a part. Any other body reserves a few times what has arrived, so that bytes that are never sent reserve
    /// nothing.</summary>
    public long RoomFor(long needed)
    {
        var most = Declared is { } declared && declared >= needed ? declared : Limit;
        return Verified ? most : Math.Min(4 * needed, most);
    }
}
