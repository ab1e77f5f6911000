using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using JiraWebhooks.Subscriber;

// The console project of docs/subscribe.md. Locally it is configured with the two connection strings that LocalHost prints, in Azure with the names
// of the namespace and of the storage account.
var bus = Setting("BUS");
var storage = Setting("STORAGE");
var topic = Environment.GetEnvironmentVariable("TOPIC") ?? "jira-deliveries";
var subscription = Environment.GetEnvironmentVariable("SUBSCRIPTION") ?? "by-issue";
var fails = Environment.GetEnvironmentVariable("FAIL_ON");

await using var client = bus.Contains('=', StringComparison.Ordinal) ? new ServiceBusClient(bus) : new ServiceBusClient(bus, new DefaultAzureCredential());
var bodies = new JiraBodies(storage.Contains('=', StringComparison.Ordinal)
    ? new BlobContainerClient(storage, "jira-bodies")
    : new BlobContainerClient(new Uri($"https://{storage}.blob.core.windows.net/jira-bodies"), new DefaultAzureCredential()));

// An issue is a session. By default a processor waits a minute for more events of an issue before it takes the next one.
await using var processor = client.CreateSessionProcessor(
    topic, subscription, new ServiceBusSessionProcessorOptions { MaxConcurrentSessions = 32, SessionIdleTimeout = TimeSpan.FromSeconds(1) });
processor.ProcessMessageAsync += async received =>
{
    var message = await bodies.LoadAsync(JiraEvent.Read(received.Message), received.CancellationToken);
    if (fails is not null && message.IssueKey == fails) throw new InvalidOperationException($"This subscriber fails on {fails}.");

    Console.WriteLine($"{message.Type} {message.Site} {message.IssueKey ?? "-"} {message.MessageId} {message.Body.ToMemory().Length}{(message.IsRedriven ? " redriven" : "")}");
};
processor.ProcessErrorAsync += error =>
{
    Console.Error.WriteLine($"{error.ErrorSource}: {error.Exception.Message.Split('\n')[0]}");
    return Task.CompletedTask;
};

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};
await processor.StartProcessingAsync();
Console.WriteLine($"Subscribed to {topic}/{subscription}. Ctrl+C ends it.");
try
{
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
}
catch (OperationCanceledException)
{
    await processor.StopProcessingAsync();
}

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"Set {name}: see docs/subscribe.md.");
