namespace LocalHost.Hosting;

/// <summary>The options of the run command.</summary>
/// <param name="Port">Port to listen on.</param>
/// <param name="WithoutSimulator">True to simulate no Jira, even without a site in the settings.</param>
/// <param name="WithBus">True to publish to Service Bus: the emulator that the setting <c>ServiceBus</c> names, otherwise a simulated one.</param>
/// <param name="BusConfig">File with the entities of that bus; null for those of the repository.</param>
internal sealed record RunOptions(int Port, bool WithoutSimulator, bool WithBus, string? BusConfig);
