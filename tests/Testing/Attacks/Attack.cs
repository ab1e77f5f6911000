namespace Testing.Attacks;

/// <summary>One row of the attack table: what a sender without the secrets puts on the wire, and what must come back. Nothing of it may reach the bus.</summary>
/// <param name="Name">What is sent.</param>
/// <param name="Property">What must hold, which no other row tests.</param>
/// <param name="Status">The status of the only response; 0 if the connection ends without one.</param>
/// <param name="Request">The bytes.</param>
public sealed record Attack(string Name, string Property, int Status, byte[] Request)
{
    /// <summary>True for a request that is sent in full and after which the sender waits; false for one whose sender closes its side after the last byte.</summary>
    public bool StaysOpen { get; init; } = true;

    /// <summary>True if the server itself, and not our code, has to refuse it.</summary>
    public bool IsForTheServer { get; init; }

    /// <summary>Bytes to send after <see cref="Request"/>, again and again, until the server has answered or closed.</summary>
    public byte[] Rest { get; init; } = [];
}
