namespace JiraWebhooks.Deliveries;

/// <summary>The times of a token that is valid in everything else, as written in it: seconds since 1970. It exists only if they are wrong, so that a
/// valid token costs nothing.</summary>
/// <param name="Expires"><c>exp</c>.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="NotBefore"><c>nbf</c>.</param>
/// <param name="Clock">The time of our clock.</param>
internal sealed record TokenTimes(double Expires, double? IssuedAt, double? NotBefore, DateTimeOffset Clock)
{
    /// <summary>How far our clock and the token may differ before the delivery is refused.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(24);

    // Longer than any observed lifetime of a token.
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>The earliest possible time of the event: when the token was issued or, if our clock is earlier, the time of our clock.</summary>
    public DateTimeOffset Since
    {
        get
        {
            if (At(IssuedAt) is not { } issued || issued >= Clock) return Clock;

            var earliest = Clock - Tolerance - LongestLife;
            return issued > earliest ? issued : earliest;
        }
    }

    /// <summary>A claim as a time. A token may contain any number, including one that is not a date.</summary>
    public static DateTimeOffset? At(double? seconds) => seconds is { } number ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(number, Earliest, Latest)) : null;

    private static double Earliest => (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).TotalSeconds;

    // Subtract a second, because the nearest double is beyond the last tick.
    private static double Latest => (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).TotalSeconds - 1;
}
