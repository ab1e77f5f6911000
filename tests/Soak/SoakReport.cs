using System.Text.Json;
using JiraSimulator;
using LocalHost.Simulation;

namespace Soak;

/// <summary>What a run is judged by.</summary>
internal sealed class SoakReport(SimulatedJira jira, Balance balance)
{
    private const int MostAttempts = 6;

    /// <summary>Prints the result; true if nothing was lost.</summary>
    /// <param name="others">What else to print: name and value.</param>
    /// <param name="isBus">True if a bus has dropped the repeats.</param>
    public bool Print(IEnumerable<KeyValuePair<string, object>> others, bool isBus)
    {
        var attempts = jira.Ledger.Attempts.ToLookup(attempt => attempt.Identifier);
        var missing = jira.Ledger.Emitted.Where(emitted => !balance.Has(emitted)).ToList();

        // Jira keeps no list for these sites, and its six attempts were here within seconds, not over 25 minutes or more.
        var givenUp = missing.Where(emitted => emitted.Site != SimulatedSites.Connect && attempts[emitted.Identifier].Count() == MostAttempts).ToList();
        var lost = missing.Except(givenUp).ToList();
        var acknowledged = missing.Count(emitted => attempts[emitted.Identifier].Any(attempt => attempt.Status == 200));
        var wrongBodies = jira.Ledger.Emitted.Count(emitted => balance.Has(emitted) && !balance.HasBody(emitted)) + balance.WithTwoBodies;
        var refused = jira.Ledger.Attempts.Where(attempt => attempt.Status is not (200 or 503 or 0)).ToList();
        foreach (var emitted in givenUp.Take(5)) Console.WriteLine($"Given up: {emitted.Site} {emitted.Identifier}, attempts {string.Join(" ", attempts[emitted.Identifier].Select(attempt => $"{attempt.Status} at {attempt.At:T}"))}");
        foreach (var emitted in lost.Take(5)) Console.WriteLine($"Lost: {emitted.Site} {emitted.Identifier}, attempts {string.Join(" ", attempts[emitted.Identifier].Select(attempt => attempt.Status))}");
        foreach (var attempt in refused.Take(5)) Console.WriteLine($"Refused: {attempt.Site} {attempt.Identifier}, {attempt.Status} at {attempt.At:T}");

        var result = new Dictionary<string, object>(others)
        {
            ["emitted"] = jira.Ledger.Emitted.Count,
            ["messages"] = balance.Messages,
            ["repeats"] = balance.Repeats,
            ["recovered"] = balance.Recovered,
            ["givenUp"] = givenUp.Count,
            ["lost"] = lost.Count,
            ["acknowledgedAndMissing"] = acknowledged,
            ["wrongBodies"] = wrongBodies,
            ["refused"] = refused.Count,
        };
        Console.WriteLine(JsonSerializer.Serialize(result));
        return lost.Count + acknowledged + wrongBodies + refused.Count + (isBus ? balance.Repeats : 0) == 0;
    }
}
