namespace Testing.Attacks;

/// <summary>All attacks on deliveries.</summary>
internal static class AttackTable
{
    public static IReadOnlyList<Attack> Of(AttackTarget on) => [.. TokenAttacks.Of(on), .. BodyAttacks.Of(on), .. AddressAttacks.Of(on), .. FramingAttacks.Of(on)];

    /// <summary>Deliveries that differ from the attacks in one thing each, and are accepted: otherwise an attack could be refused for another reason.</summary>
    public static IReadOnlyList<Attack> Accepted(AttackTarget on) =>
    [
        on.OfOAuth("a valid token", "OAuth", on.Bearer(), status: 200),
        on.OfConnect("a valid token for this path", "Connect", on.Jwt(), status: 200),
        on.OfAdmin("a valid signature", "an administrator's webhook", 200, on.Hub(Wire.Body)),
        on.OfAdmin("a valid signature, another Host", "Host decides nothing", 200, on.Hub(Wire.Body), ("Host", "evil.example")),
        new("a valid token, forwarding headers", "forwarding headers decide nothing", 200, Wire.Post(AttackTarget.Path(on.Connect), Wire.Body,
            ("Authorization", on.Jwt()), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-For", "10.0.0.1"))),
    ];

    /// <summary>Sends each attack on its own connection, several at once because some wait for a timeout. Fails with those that had another response.</summary>
    public static async Task CheckAsync(IReadOnlyList<Attack> attacks, Func<Attack, Task<IReadOnlyList<int>>> send)
    {
        var lines = new string[attacks.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, attacks.Count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) =>
            lines[index] = Line(attacks[index], await send(attacks[index])));

        var expected = attacks.Select(attack => Line(attack, [attack.Status])).ToList();
        Assert.Equal(string.Join('\n', expected.Except(lines)), string.Join('\n', lines.Except(expected)));
        Assert.Equal(expected.Count, lines.Length);
    }

    private static string Line(Attack attack, IReadOnlyList<int> statuses) => $"{attack.Name} ({attack.Property}): {string.Join(", ", statuses)}";
}
