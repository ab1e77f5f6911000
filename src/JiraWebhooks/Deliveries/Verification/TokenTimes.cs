namespace JiraWebhooks.Deliveries;

/// <summary>The times of a token that is right in everything else, as it says them: seconds since 1970. It exists only where they are wrong,
/// so that a valid token costs nothing.</summary>
/// <param name="Expires"><c>exp</c>.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="NotBefore"><c>nbf</c>.</param>
/// <param name="Clock">What our clock said.</param>
internal sealed record TokenTimes(double Expires, double? IssuedAt, double? NotBefore, DateTimeOffset Clock)
{
    /// <summary>How far our clock and the token may be apart before the delivery is refused for good.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(24);

    // Longer than any lifetime of a token that was seen.
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>When the event happened at the earliest: when the token was issued or, where our clock is behind that, by our clock.</summary>
    public DateTimeOffset Since
    {
        get
        {
            if (At(IssuedAt) is not { } issued || issued >= Clock) return Clock;

            var earliest = Clock - Tolerance - LongestLife;
            return issued > earliest ? issued : earliest;
        }
    }

    /// <summary>A claim as a time. A token may say any number, also one that is no date.</summary>
    public static DateTimeOffset? At(double? seconds) => seconds is { } number ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(number, Earliest, Latest)) : null;

    private static double Earliest => (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).TotalSeconds;

    // A second less: the nearest double is beyond the last tick.
    private static double Latest => (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).TotalSeconds - 1;
}
