using System.CommandLine;
using JiraWebhooks;
using LocalHost.Azurite;
using LocalHost.Connect;
using LocalHost.Demo;
using LocalHost.Hosting;

var port = new Option<int>("--port") { Description = "Port to listen on.", DefaultValueFactory = _ => 7071 };
var events = new Option<int?>("--demo") { Description = "Emit this many events through a failing receiver on a fast clock, print the balance as JSON and end." };
var own = new Option<bool>("--no-simulator") { Description = "Start without a Jira inside although no site is in the settings: sites are added over the API." };
var root = new RootCommand("Keeps Jira Cloud's dynamic webhooks alive and loses none of their events, on one machine.") { port, events, own };
root.SetAction((arguments, cancellationToken) => arguments.GetValue(events) is { } count
    ? DemoCommand.RunAsync(count, cancellationToken)
    : RunCommand.RunAsync(arguments.GetValue(port), arguments.GetValue(own), cancellationToken));
root.Add(ConnectCommand.Create(port));

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is SettingsException or AzuriteException or LocalHostException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
