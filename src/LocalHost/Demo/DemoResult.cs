using System.Text.Json.Serialization;

namespace LocalHost.Demo;

/// <summary>The balance of a demo run, counted from the queue and from the simulated Jira's ledger, never from the app's own counters.</summary>
/// <param name="Emitted">Events for which Jira had to send a delivery.</param>
/// <param name="Delivered">Distinct MessageIds first seen from a live delivery.</param>
/// <param name="Recovered">Distinct MessageIds first seen from the failed list; and events of an OAuth site that were never seen, but whose
/// issue a search has found in a state at least as new.</param>
/// <param name="Duplicates">Further queue messages of a MessageId.</param>
/// <param name="Lost">Emitted, but neither delivered nor recovered.</param>
/// <param name="Refreshed">Extensions of webhooks that Jira granted.</param>
/// <param name="Seconds">Duration of the run on a real clock.</param>
public sealed record DemoResult(int Emitted, int Delivered, int Recovered, int Duplicates, int Lost, int Refreshed, double Seconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class DemoJson : JsonSerializerContext;
