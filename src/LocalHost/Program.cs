using System.CommandLine;
using JiraWebhooks;
using LocalHost.Azurite;
using LocalHost.Connect;
using LocalHost.Demo;
using LocalHost.Hosting;

var port = new Option<int>("--port") { Description = "Port to listen on.", DefaultValueFactory = _ => 7071 };
var events = new Option<int?>("--demo") { Description = "Emit this many events through a failing receiver on a fast clock, print the balance as JSON and end." };
var root = new RootCommand("Keeps Jira Cloud's dynamic webhooks alive and loses none of their events, on one machine.") { port, events };
root.SetAction((arguments, cancellationToken) => arguments.GetValue(events) is { } count
    ? DemoCommand.RunAsync(count, cancellationToken)
    : RunCommand.RunAsync(arguments.GetValue(port), cancellationToken));
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
