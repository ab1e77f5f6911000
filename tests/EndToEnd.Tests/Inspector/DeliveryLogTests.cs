using LocalHost.Inspector;

namespace EndToEnd.Tests.Inspector;

/// <summary>What the host holds for the page, and how much. Beside no other test, because it measures the memory of the process.</summary>
[Collection<Clocked>]
public sealed class DeliveryLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Add_SixThousandLargeBodies_HoldsFiveHundredIn64Megabytes()
    {
        var log = new DeliveryLog();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var number = 0; number < 6000; number++) log.Add(Delivery(number, new byte[CopiedBody.MostKept]));

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown <= 64 * 1024 * 1024, $"It grew by {grown:N0} bytes.");
        Assert.InRange(log.BodyBytes, DeliveryLog.MostBodyBytes - CopiedBody.MostKept, DeliveryLog.MostBodyBytes);
        Assert.Equal(DeliveryLog.Most, log.Subscribe().Held.Count);
        Assert.Equal(6000, log.Subscribe().Held[0].Number);
        Assert.Equal(CopiedBody.MostKept, log.Find(6000)!.Body.Length);
        Assert.Equal(0, log.Find(5501)!.Body.Length);
        Assert.Null(log.Find(5500));
    }

    [Fact]
    public void Subscribe_ReaderThatDoesNotRead_HoldsOnlyTheNewest()
    {
        var log = new DeliveryLog();
        var (held, following) = log.Subscribe();

        for (var number = 0; number < 2000; number++) log.Add(Delivery(number, []));

        Assert.Empty(held);
        Assert.True(following.TryRead(out var first));
        Assert.Equal(2000 - DeliveryLog.Most + 1, first.Number);
        log.Unsubscribe(following);
        log.Add(Delivery(0, []));
        Assert.Equal(DeliveryLog.Most - 1, following.Count);
    }

    [Fact]
    public void Minutes_OfTwoDays_AreThoseOfTheLastOne()
    {
        var log = new DeliveryLog();
        for (var minute = 0; minute < 2 * 24 * 60; minute++) log.Add(Delivery(0, [], Start.AddMinutes(minute)));

        var all = log.Minutes(Start);

        Assert.Equal(24 * 60, all.Count);
        Assert.Equal(Start.AddDays(1).ToUnixTimeSeconds(), all[0].Time);
    }

    [Fact]
    public void Minutes_CountOutcomesAndTimesOfWhatWasAnswered()
    {
        var log = new DeliveryLog();
        log.Add(Delivery(0, []) with { Milliseconds = 10 });
        log.Add(Delivery(0, []) with { Milliseconds = 30, Outcome = CapturedDelivery.Refused });
        log.Add(Delivery(0, []) with { Milliseconds = 20, Outcome = CapturedDelivery.Unavailable });
        log.Add(Delivery(0, []) with { Outcome = CapturedDelivery.Recovered });

        var minute = Assert.Single(log.Minutes(Start));

        Assert.Equal(1, minute.Accepted);
        Assert.Equal(1, minute.Refused);
        Assert.Equal(1, minute.Unavailable);
        Assert.Equal(1, minute.Recovered);
        Assert.Equal(60, minute.TotalMilliseconds);
        Assert.Equal(30, minute.SlowestMilliseconds);
    }

    private static CapturedDelivery Delivery(int number, byte[] body, DateTimeOffset? at = null) => new()
    {
        At = at ?? Start,
        Site = "initech",
        Outcome = CapturedDelivery.Accepted,
        Status = 200,
        Reason = "accepted",
        Issue = $"SHOP-{number}",
        Body = body,
        BodyBytes = body.Length,
    };
}
