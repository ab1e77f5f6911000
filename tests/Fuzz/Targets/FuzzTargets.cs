namespace Fuzz;

/// <summary>What is fuzzed: each target takes any bytes, and throws if what must hold does not.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["envelope"] = EnvelopeTarget.Run,
        ["token"] = TokenTarget.Run,
        ["signature"] = SignatureTarget.Run,
        ["qsh"] = QueryHashTarget.Run,
        ["dates"] = DateTarget.Run,
        ["failed-page"] = FailedPageTarget.Run,
        ["settings"] = SettingsTarget.Run,
        ["site"] = SiteTarget.Run,
    };

    /// <summary>Throws with the name of the broken rule, and never with the input.</summary>
    public static void Require(bool holds, string rule)
    {
        if (!holds) throw new InvalidOperationException(rule);
    }
}
