using System.CommandLine;
using Soak;

var events = new Option<int>("--events") { Description = "How many events Jira emits.", DefaultValueFactory = _ => 5000 };
var seed = new Option<int?>("--seed") { Description = "Decides what goes wrong, in which order. A random one by default; it is printed." };
var root = new RootCommand("Sends the events of a simulated Jira into LocalHost while processes are killed, stopped and frozen and connections break, and compares what was emitted with what is on the queue.") { events, seed };
root.SetAction((arguments, cancellationToken) => SoakRun.RunAsync(arguments.GetValue(events), arguments.GetValue(seed) ?? Random.Shared.Next(), cancellationToken));
return await root.Parse(args).InvokeAsync();
