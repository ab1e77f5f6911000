namespace LocalHost.Inspector;

/// <summary>Deliveries per minute of the last day, by outcome, with their time to the answer. Not safe for concurrent use.</summary>
internal sealed class MinuteCounts
{
    private const int Minutes = 24 * 60;

    private readonly SortedDictionary<long, Minute> _minutes = [];

    public void Add(CapturedDelivery delivery)
    {
        var at = delivery.At.ToUnixTimeSeconds() / 60;
        if (!_minutes.TryGetValue(at, out var minute)) _minutes[at] = minute = new Minute { Time = at * 60 };

        while (_minutes.Count > Minutes) _minutes.Remove(_minutes.Keys.First());
        switch (delivery.Outcome)
        {
            case CapturedDelivery.Accepted: minute.Accepted++; break;
            case CapturedDelivery.Refused: minute.Refused++; break;
            case CapturedDelivery.Unavailable: minute.Unavailable++; break;
            default: minute.Recovered++; return; // was not answered
        }

        minute.TotalMilliseconds += delivery.Milliseconds;
        minute.SlowestMilliseconds = Math.Max(minute.SlowestMilliseconds, delivery.Milliseconds);
    }

    /// <summary>The minutes with deliveries since <paramref name="since"/>, oldest first.</summary>
    public IReadOnlyList<Minute> Since(DateTimeOffset since) =>
        [.. _minutes.Values.Where(minute => minute.Time >= since.ToUnixTimeSeconds() - 60).Select(minute => minute with { })];

    /// <summary>One minute.</summary>
    public sealed record Minute
    {
        /// <summary>Its start, in seconds since 1970.</summary>
        public long Time { get; init; }

        public int Accepted { get; set; }

        public int Refused { get; set; }

        public int Unavailable { get; set; }

        public int Recovered { get; set; }

        public double TotalMilliseconds { get; set; }

        public double SlowestMilliseconds { get; set; }
    }
}
