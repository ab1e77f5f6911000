using System.CommandLine;
using System.CommandLine.Invocation;
using LocalHost;
using LocalHost.Azurite;
using LocalHost.Connect;
using LocalHost.Demo;
using LocalHost.Hosting;
using LocalHost.Plan;
using Microsoft.Extensions.Options;

var port = Arguments.Port();
var events = Arguments.Events();
var own = new Option<bool>("--no-simulator") { Description = "Do not simulate a Jira, even if the settings have no site: add sites over the API." };
var bus = new Option<bool>("--bus") { Description = "Publish to the emulator that the setting ServiceBus names, or else to a simulated Service Bus, which forgets its messages when this host ends." };
var busConfig = new Option<string?>("--bus-config") { Description = "With --bus: topics and subscriptions, a file in the format of the Service Bus emulator." };
var root = new RootCommand("Keeps Jira Cloud's dynamic webhooks alive and loses none of their events, on one machine.") { port, events, own, bus, busConfig };
root.SetAction((arguments, cancellationToken) => CtrlC.EndsAsync(
    arguments.GetValue(events) is { } count
        ? DemoCommand.RunAsync(count, cancellationToken)
        : RunCommand.RunAsync(
            new RunOptions(arguments.GetValue(port), arguments.GetValue(own), arguments.GetValue(bus) || arguments.GetValue(busConfig) is not null, arguments.GetValue(busConfig)),
            cancellationToken),
    cancellationToken));
root.Add(ConnectCommand.Create(port));
root.Add(PlanCommand.Create(port));

try
{
    var parsed = root.Parse(args);
    if (parsed.Action is ParseErrorAction invalidArguments) invalidArguments.ShowHelp = false;

    // Deliveries in progress have ten seconds, and Azurite must save after them.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(45) });
}
catch (OptionsValidationException invalid)
{
    await Console.Error.WriteLineAsync($"The settings cannot be used:\n{string.Join('\n', invalid.Failures.Select(error => $"  - {error}"))}");
    return 1;
}
catch (Exception error) when (error is AzuriteException or LocalHostException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
