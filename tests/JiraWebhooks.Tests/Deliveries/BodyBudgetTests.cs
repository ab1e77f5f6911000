using CsCheck;
using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Time.Testing;

namespace JiraWebhooks.Tests.Deliveries;

/// <summary>The budget against a list of steps: add, release, leave and time-out of many bodies, in any order.</summary>
public sealed class BodyBudgetTests
{
    private const long Capacity = 100;
    private const long Share = 50;

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Gen.Long[1, 60]).Select((kind, body, bytes) => new Step((Kind)kind, body, bytes));

    private enum Kind
    {
        Add,
        Shrink,
        Leave,
        TimeOut,
    }

    [Fact]
    public void Steps_Any_NeverExceedTheBudgetAndReleaseAll() => Steps.List[0, 60].Sample(steps =>
    {
        var world = new Bodies();
        foreach (var step in steps)
        {
            world.Do(step);
            world.AssertWithinBudget();
        }

        world.LeaveAll();
        Assert.Equal(0, world.Budget.Used);
        Assert.Equal(0, world.Budget.UsedUnverified);
        Assert.Equal(0, world.Budget.Waiting);
    }, iter: 1000);

    [Fact]
    public void Steps_Any_AreServedInTheOrderOfAsking() => Steps.List[0, 60].Sample(steps =>
    {
        var world = new Bodies();
        foreach (var step in steps) world.Do(step);

        Assert.False(world.IsOvertaken);
    }, iter: 1000);

    /// <summary>While something waits, a body that does not wait holds something, and will release it.</summary>
    [Fact]
    public void Steps_Any_NeverAllWaitForEachOther() => Steps.List[0, 60].Sample(steps =>
    {
        var world = new Bodies();
        foreach (var step in steps)
        {
            world.Do(step);
            Assert.True(world.Budget.Waiting == 0 || world.SomethingWillBeReleased);
        }
    }, iter: 1000);

    /// <summary>A body is refused before its time only if no other of its kind will release anything.</summary>
    [Fact]
    public void Steps_Any_RefuseNoneThatOnlyHasToWait() => Steps.List[0, 60].Sample(steps =>
    {
        var world = new Bodies();
        foreach (var step in steps) world.Do(step);

        Assert.False(world.IsRefusedTooSoon);
    }, iter: 1000);

    /// <summary>Bodies that grow, each on a thread of its own: all of them end, though no time passes.</summary>
    [Fact]
    public async Task AddAsync_ManyGrowAtOnce_AllEndAndNothingIsLeft()
    {
        var budget = new BodyBudget(Capacity, Share);
        var most = 0L;

        var served = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(async () =>
        {
            var random = new Random(number);
            var count = 0;
            for (var round = 0; round < 200; round++)
            {
                var claim = new BodyClaim(verified: number % 3 == 0);
                for (var size = random.Next(1, 8); size <= 32 && await budget.AddAsync(claim, size, CancellationToken.None); size *= 2)
                {
                    count++;
                    InterlockedMax(ref most, budget.Used);
                    if (claim.Verified) break; // asks once
                    await Task.Yield();
                }

                budget.Release(claim, claim.Held);
            }

            return count;
        })));

        Assert.All(served, count => Assert.NotEqual(0, count));
        Assert.InRange(most, 1, Capacity);
        Assert.Equal(0, budget.Used);
        Assert.Equal(0, budget.UsedUnverified);
        Assert.Equal(0, budget.Waiting);
    }

    [Fact]
    public async Task AddAsync_UnverifiedShareIsFull_VerifiedStillHaveRoom()
    {
        var budget = new BodyBudget(Capacity, Share);
        Assert.True(await budget.AddAsync(new BodyClaim(verified: false), Share, CancellationToken.None));
        var stranger = budget.AddAsync(new BodyClaim(verified: false), 1, CancellationToken.None);

        Assert.True(await budget.AddAsync(new BodyClaim(verified: true), Capacity - Share, CancellationToken.None));
        Assert.False(stranger.IsCompleted);
    }

    /// <summary>The verified one waits for what the other holds, and the other behind it for its turn: neither would ever be served.</summary>
    [Fact]
    public async Task AddAsync_UnverifiedAsksBehindAVerifiedThatWaitsForIt_IsRefused()
    {
        var (budget, stranger) = (new BodyBudget(Capacity, Share), new BodyClaim(verified: false));
        Assert.True(await budget.AddAsync(stranger, 45, CancellationToken.None));
        var verified = budget.AddAsync(new BodyClaim(verified: true), 60, CancellationToken.None).AsTask();

        var more = budget.AddAsync(stranger, 3, CancellationToken.None).AsTask();
        Assert.True(more.IsCompleted);
        Assert.False(await more);

        budget.Release(stranger, stranger.Held);
        Assert.True(await verified);
    }

    [Fact]
    public async Task AddAsync_TimeIsUp_IsRefusedAndTheNextIsServed()
    {
        var (budget, clock) = (new BodyBudget(Capacity, Share), new FakeTimeProvider());
        var holder = new BodyClaim(verified: true);
        Assert.True(await budget.AddAsync(holder, 60, CancellationToken.None));
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
        var large = budget.AddAsync(new BodyClaim(verified: true), 90, time.Token);
        var small = budget.AddAsync(new BodyClaim(verified: true), 40, CancellationToken.None);
        Assert.False(small.IsCompleted); // or a large one would never have its turn

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.False(await large);
        Assert.True(await small);
    }

    [Theory]
    [InlineData(true, Capacity + 1)]
    [InlineData(false, Share + 1)]
    public async Task AddAsync_MoreThanThereCanBe_IsRefusedAtOnce(bool verified, long bytes) =>
        Assert.False(await new BodyBudget(Capacity, Share).AddAsync(new BodyClaim(verified), bytes, CancellationToken.None));

    [Fact]
    public async Task AddAsync_MoreThanThereCanBeWithWhatItHolds_IsRefusedAtOnce()
    {
        var (budget, claim) = (new BodyBudget(Capacity, Share), new BodyClaim(verified: false));
        Assert.True(await budget.AddAsync(new BodyClaim(verified: false), 10, CancellationToken.None));
        Assert.True(await budget.AddAsync(claim, 30, CancellationToken.None));

        var more = budget.AddAsync(claim, 25, CancellationToken.None);

        Assert.True(more.IsCompleted);
        Assert.False(await more);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var known = Volatile.Read(ref most); value > known; known = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, known) == known) return;
        }
    }

    private sealed record Step(Kind Kind, int Body, long Bytes);

    /// <summary>Ten bodies, the first five of which are verified and ask for all at once. One that waits does nothing else.</summary>
    private sealed class Bodies
    {
        private readonly List<Asked> _waiting = [];
        private readonly BodyClaim[] _claims = [.. Enumerable.Range(0, 10).Select(number => new BodyClaim(verified: number < 5))];

        public BodyBudget Budget { get; } = new(Capacity, Share);

        public bool SomethingWillBeReleased => _claims.Any(claim => claim is { Held: > 0, IsWaiting: false });

        /// <summary>True when one was refused before its time, although another unverified one held something and did not wait.</summary>
        public bool IsRefusedTooSoon { get; private set; }

        /// <summary>True when one that asked later was served before one of its kind that still waits.</summary>
        public bool IsOvertaken { get; private set; }

        public void Do(Step step)
        {
            var claim = _claims[step.Body];
            if (step.Kind is Kind.TimeOut) _waiting.Find(asked => asked.Claim == claim)?.Time.Cancel();
            else if (claim.IsWaiting) return;
            else if (step.Kind is Kind.Leave) Budget.Release(claim, claim.Held);
            else if (step.Kind is Kind.Shrink) Budget.Release(claim, Math.Min(claim.Held, step.Bytes));
            else if (!claim.Verified || claim.Held == 0) Add(claim, step.Bytes);
            Look();
        }

        public void AssertWithinBudget()
        {
            Assert.InRange(Budget.Used, 0, Capacity);
            Assert.InRange(Budget.UsedUnverified, 0, Share);
            Assert.Equal(Budget.Used, _claims.Sum(claim => claim.Held));
            Assert.Equal(Budget.UsedUnverified, _claims.Where(claim => !claim.Verified).Sum(claim => claim.Held));
            Assert.Equal(Budget.Waiting, _claims.Count(claim => claim.IsWaiting));
        }

        public void LeaveAll()
        {
            while (_claims.FirstOrDefault(claim => claim is { Held: > 0, IsWaiting: false }) is { } claim) Budget.Release(claim, claim.Held);
        }

        private void Add(BodyClaim claim, long bytes)
        {
            var asked = new Asked(claim, claim.Held, new CancellationTokenSource());
            var answer = Budget.AddAsync(claim, bytes, asked.Time.Token);
            if (claim.IsWaiting) _waiting.Add(asked);
            else if (answer is { IsCompleted: true, Result: false } && bytes <= (claim.Verified ? Capacity : Share) - claim.Held) IsRefusedTooSoon |= IsAnyAtWorkBut(claim);
            else if (answer is { IsCompleted: true, Result: true }
                && _waiting.Exists(earlier => earlier.Claim.Verified == claim.Verified && earlier.Claim.IsWaiting)) IsOvertaken = true;
        }

        private void Look()
        {
            for (var at = _waiting.Count - 1; at >= 0; at--)
            {
                var asked = _waiting[at];
                if (asked.Claim.IsWaiting) continue;

                var isServed = asked.Claim.Held > asked.Before;
                IsRefusedTooSoon |= !isServed && !asked.Time.IsCancellationRequested && IsAnyAtWorkBut(asked.Claim);
                IsOvertaken |= isServed && _waiting.Take(at).Any(earlier => earlier.Claim.Verified == asked.Claim.Verified && earlier.Claim.IsWaiting);
                _waiting.RemoveAt(at);
            }
        }

        private bool IsAnyAtWorkBut(BodyClaim refused) => _claims.Any(claim => claim != refused && claim is { Verified: false, Held: > 0, IsWaiting: false });

        private sealed record Asked(BodyClaim Claim, long Before, CancellationTokenSource Time);
    }
}
