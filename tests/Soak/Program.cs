using System.CommandLine;
using Soak;

var events = new Option<int>("--events") { Description = "How many events Jira emits.", DefaultValueFactory = _ => 5000 };
var seed = new Option<int?>("--seed") { Description = "Decides what goes wrong, in which order. A random one by default; it is printed." };
var bus = new Option<bool>("--bus") { Description = "Publish to a simulated Service Bus, which fails at times, instead of the queue." };
var pending = new Option<int>("--pending")
{
    Description = "No event is emitted while so many deliveries wait for an attempt. More make a run shorter, with fewer faults for each event.",
    DefaultValueFactory = _ => 400,
};
var root = new RootCommand("Sends the events of a simulated Jira into LocalHost while processes are killed, stopped and frozen and connections break, and compares what was emitted with what is on the queue.") { events, seed, bus, pending };
root.SetAction((arguments, cancellationToken) => SoakCommand.RunAsync(
    arguments.GetValue(events), arguments.GetValue(seed) ?? Random.Shared.Next(), arguments.GetValue(bus), arguments.GetValue(pending), cancellationToken));
return await root.Parse(args).InvokeAsync();
