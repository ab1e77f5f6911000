using CsCheck;
using JiraWebhooks.Recovery;

namespace JiraWebhooks.Tests.Recovery;

/// <summary>Whatever fails, and whenever: what changed in a time that is known to be lost is published once the faults are over, and the search ends.</summary>
public sealed class SearchPropertyTests
{
    private static readonly Gen<Fault> Faults = Gen.Select(Gen.Enum<FaultKind>(), Gen.Int[1, 8], (kind, at) => new Fault(kind, at));

    // Minutes of changes, in a time of six hours or of two minutes.
    private static readonly Gen<double[]> Changes = Gen.OneOf(Gen.Double[0, 360].Array[0, 400], Gen.Double[100, 102].Array[200, 400]);

    [Fact]
    public Task Search_AnyChangesAndFaults_LosesNothingAndEnds() =>
        Gen.Select(Changes, Gen.Int[0, 10], Gen.Int[2, 9], Faults.Array[0, 12]).SampleAsync(
            async (changes, lag, pages, faults) =>
            {
                using var model = new SearchModel(changes, TimeSpan.FromMinutes(lag), pages);
                await model.LoseAsync();
                foreach (var fault in faults) await model.RunAsync(fault);
                await model.EndAsync();

                Assert.Empty(model.Lost());
            },
            iter: 150);

    /// <summary>A run that nothing disturbs leaves less to do, however little time it has.</summary>
    [Fact]
    public Task Search_AnyChanges_CostALinearNumberOfRequests() =>
        Gen.Select(Changes, Gen.Int[2, 9]).SampleAsync(
            async (changes, pages) =>
            {
                using var model = new SearchModel(changes, TimeSpan.Zero, pages);
                await model.LoseAsync();
                await model.EndAsync();

                // Two passes and the last hour again, of which a run repeats half, and its first and last page.
                var smallest = 3 * ((changes.Length / SearchModel.PageSize) + 1);
                Assert.InRange(model.Requests, 3, 6 * smallest);
            },
            iter: 150);

    [Fact]
    public void Passes_OfAnyOutages_StayFew() =>
        Gen.Int[1, 600].Array[1, 200].Sample(gaps =>
        {
            var (search, now) = (new FilterSearch(), DateTimeOffset.UnixEpoch);
            foreach (var gap in gaps)
            {
                now += TimeSpan.FromMinutes(gap);
                search = search.Lost(now.AddMinutes(-gap), now);
                if (gap % 3 != 0 && search.Next(now, []) is { } pass) search = search.End(pass, now);
            }

            Assert.InRange(search.Passes.Count, 1, 3 * FilterSearch.MostOfAKind);
            Assert.Equal(search.Passes.OrderBy(pass => pass.Kind).ThenBy(pass => pass.Due), search.Passes);
            Assert.All(search.Passes, pass => Assert.True(pass.Since >= pass.From - SearchPass.Overlap && pass.From <= pass.To));
        });
}
