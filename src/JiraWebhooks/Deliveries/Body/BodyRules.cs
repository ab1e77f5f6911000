using System.Security.Cryptography;

namespace JiraWebhooks.Deliveries;

/// <summary>How a body is read.</summary>
/// <param name="Memory">Where large bodies are kept.</param>
/// <param name="Limit">Most bytes.</param>
/// <param name="Keep">False when it is only hashed and counted.</param>
internal readonly record struct BodyRules(BodyMemory Memory, int Limit, bool Keep)
{
    /// <summary>True when the sender is verified, so that what <see cref="Declared"/> says can be believed.</summary>
    public bool Verified { get; init; }

    /// <summary>Content-Length, or null.</summary>
    public long? Declared { get; init; }

    /// <summary>Takes in what is read; null when nothing signs the body. It is disposed of unless the body is whole.</summary>
    public IncrementalHash? Hash { get; init; }

    /// <summary>Bytes to make room for when <paramref name="needed"/> are there. A verified body gets room for all of it at once, so that it never
    /// waits with a part of it; any other one for a few times what it has really sent, so that nothing is held by what is not sent.</summary>
    public long RoomFor(long needed)
    {
        var most = Declared is { } declared && declared >= needed && declared <= Limit ? declared : Limit;
        return Verified ? most : Math.Min(4 * needed, most);
    }
}
