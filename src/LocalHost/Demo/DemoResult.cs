using System.Text.Json.Serialization;

namespace LocalHost.Demo;

/// <summary>The balance of a demo run, counted from the queue and from the simulated Jira's ledger, never from our own counters.</summary>
/// <param name="Emitted">Events for which Jira owed a delivery.</param>
/// <param name="Delivered">Distinct MessageIds first seen from a live delivery.</param>
/// <param name="Recovered">Distinct MessageIds first seen from the failed list; and events of an OAuth site, never seen, whose issue a search
/// has brought in a state at least as new.</param>
/// <param name="Duplicates">Further queue messages of a MessageId.</param>
/// <param name="Lost">Emitted, and in the queue in neither way.</param>
/// <param name="Refreshed">Extensions of webhooks that Jira granted.</param>
/// <param name="Seconds">What the run took on a real clock.</param>
public sealed record DemoResult(int Emitted, int Delivered, int Recovered, int Duplicates, int Lost, int Refreshed, double Seconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class DemoJson : JsonSerializerContext;
