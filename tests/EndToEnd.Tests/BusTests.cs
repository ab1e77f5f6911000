using System.Text;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using EndToEnd.Tests.Support;
using JiraSimulator;
using JiraWebhooks.Subscriber;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests;

/// <summary>LocalHost with its bus, and subscribers that know only what it prints: the console project of docs/subscribe.md, and one in Node.</summary>
public sealed class BusTests(AzuriteFixture azurite)
{
    private const int Issues = 20;
    private const int Events = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limits.Hang)]
    [Trait("Decision", "one-message-id")]
    public async Task Subscribers_InTheirOwnProcesses_GetEveryEventOnceInOrder_AndLargeBodies()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        var storage = await azurite.NewAccountAsync();
        await using var host = await BusHost.StartAsync(jira, storage, [], Token);
        await using var subscriber = await SubscriberProcess.StartAsync(host.Bus, storage, [], Token);
        for (var number = 0; number < Events; number++) jira.Emit(BusHost.Site, "jira:issue_updated", Body(number));
        var large = jira.Emit(BusHost.Site, "jira:issue_updated", $$"""{"issue":{"id":"1","key":"BIG-1"},"text":"{{new string('ä', 1_500_000)}}"}""");

        using var http = new HttpClient();
        await jira.DeliverAllAsync(clock, http, Token);
        Assert.Equal(Events + 1, jira.Ledger.Attempts.Count(attempt => attempt.Status == 200));
        await subscriber.UntilAsync(lines => lines.Count(line => line.StartsWith("jira:", StringComparison.Ordinal)) >= Events + 1, Token);

        var lines = subscriber.Output.Where(line => line.StartsWith("jira:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        Assert.Equal(jira.Ledger.Emitted.Select(emitted => $"{BusHost.Site}:{emitted.Identifier}").Order(), lines.Select(line => line[3]).Order());
        Assert.Equal(jira.Ledger.Emitted.Single(emitted => emitted.Identifier == large[0]).Body.Length, int.Parse(lines.Single(line => line[2] == "BIG-1")[4], provider: null));

        var received = await NodeAsync(host.Bus, "default", Events + 1, sessions: false);
        Assert.Equal(lines.Select(line => line[3]).Order(), received.Select(message => message.MessageId).Order());
        Assert.All(received, message => Assert.Equal("jira:issue_updated", message.Type));
        Assert.Equal(
            jira.Ledger.Emitted.Where(emitted => emitted.Identifier != large[0]).Select(emitted => Encoding.UTF8.GetString(emitted.Body.Span)).Order(),
            received.Where(message => message.Body.Length > 0).Select(message => Encoding.UTF8.GetString(Convert.FromBase64String(message.Body))).Order());
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Sessions_InNode_KeepTheOrderPerIssue()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        await using var host = await BusHost.StartAsync(jira, await azurite.NewAccountAsync(), [], Token);
        for (var number = 0; number < 40; number++) jira.Emit(BusHost.Site, "jira:issue_updated", Body(number));
        using var http = new HttpClient();
        await jira.DeliverAllAsync(clock, http, Token);

        // A message per delivery: the order in which they are on the bus is that in which they were answered.
        var sent = await PeekAsync(host.Bus, "by-issue");
        var received = await NodeAsync(host.Bus, "by-issue", 40, sessions: true);

        Assert.Equal(Issues, received.Select(message => message.SessionId).Distinct().Count());
        foreach (var session in received.GroupBy(message => message.SessionId))
        {
            Assert.Equal(sent.Where(message => message.SessionId == session.Key).Select(message => message.MessageId), session.Select(message => message.MessageId));
        }
    }

    /// <summary>A subscriber fails on one issue until its message is a dead letter; a person looks at it, sends it again, and a repaired subscriber
    /// reads it. Nothing is lost, and no other subscriber gets the message twice.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task DeadLetter_OfASubscriberThatFails_IsListedRedrivenAndRead()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        var storage = await azurite.NewAccountAsync();
        await using var host = await BusHost.StartAsync(jira, storage, [], Token);
        for (var number = 0; number < 10; number++) jira.Emit(BusHost.Site, "jira:issue_updated", Body(number));
        using var http = new HttpClient();
        await jira.DeliverAllAsync(clock, http, Token);
        IReadOnlyCollection<string> before;
        await using (var failing = await SubscriberProcess.StartAsync(host.Bus, storage, new() { ["FAIL_ON"] = "KEY-3" }, Token))
        {
            await failing.UntilAsync(lines => lines.Count(line => line.StartsWith("jira:", StringComparison.Ordinal)) >= 9 && Deaths(lines) >= 10, Token);

            // It says that it fails before it gives the message back.
            while ((await LettersAsync(host)).Count == 0) await Task.Yield();
            before = failing.Output;
        }

        var letter = Assert.Single(await LettersAsync(host));
        Assert.Equal("MaxDeliveryCountExceeded", letter.GetProperty("reason").GetString());
        Assert.Equal("KEY-3", letter.GetProperty("issue").GetString());

        var (status, result) = await host.CallAsync(HttpMethod.Post, "/api/deadletters/by-issue/redrive", new { site = BusHost.Site }, Token);
        Assert.Equal(200, status);
        Assert.Equal(1, result.GetProperty("done").GetInt32());

        await using var repaired = await SubscriberProcess.StartAsync(host.Bus, storage, [], Token);
        await repaired.UntilAsync(lines => lines.Any(line => line.Contains("KEY-3", StringComparison.Ordinal)), Token);
        var line = Assert.Single(repaired.Output, line => line.StartsWith("jira:", StringComparison.Ordinal));
        Assert.EndsWith(" redriven", line, StringComparison.Ordinal);
        Assert.Contains(letter.GetProperty("messageId").GetString() + ":r1-", line, StringComparison.Ordinal);
        Assert.Equal(10, (await PeekAsync(host.Bus, "default")).Count);

        // What Jira sent is what the two subscribers have handled.
        var handled = before.Concat(repaired.Output).Where(output => output.StartsWith("jira:", StringComparison.Ordinal)).Select(output => output.Split(' ')[3].Split(":r")[0]);
        Assert.Equal(jira.Ledger.Emitted.Select(emitted => $"{BusHost.Site}:{emitted.Identifier}").Order(), handled.Order());
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("GET", "/api/deadletters/absent", null, 404, "it has default, issue-created, by-issue")]
    [InlineData("GET", "/api/deadletters/default?max=0", null, 400, "max must be a whole number from 1 to 250")]
    [InlineData("GET", "/api/deadletters/default?from=x", null, 400, "from must be a whole number")]
    [InlineData("POST", "/api/deadletters/default/drop", """{"sites":"acme"}""", 400, "at $.sites")]
    [InlineData("POST", "/api/deadletters/default/drop", """{"max":5000}""", 400, "max must be from 1 to 1000")]
    [InlineData("POST", "/api/deadletters/default/drop", """{"sequenceNumbers":[]}""", 400, "sequenceNumbers is empty")]
    public async Task DeadLetters_RequestThatIsNotUnderstood_ChangesNothingAndSaysWhy(string verb, string path, string? body, int status, string words)
    {
        await using var host = await BusHost.StartAsync(new SimulatedJira(new FakeTimeProvider()), await azurite.NewAccountAsync(), [], Token);

        var (actual, problem) = await host.CallAsync(new HttpMethod(verb), path, body is null ? null : JsonElement.Parse(body), Token);

        Assert.Equal(status, actual);
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The same delivery again, as Jira repeats it after a lost answer.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Delivery_SentTwice_IsOnTheBusOnce()
    {
        var clock = new FakeTimeProvider();
        var jira = new SimulatedJira(clock);
        await using var host = await BusHost.StartAsync(jira, await azurite.NewAccountAsync(), [], Token);
        jira.Emit(BusHost.Site, "jira:issue_updated", Body(1));
        using var http = new HttpClient();
        await jira.DeliverAllAsync(clock, http, Token);
        await host.RepeatAsync(jira, http, Token);

        var message = JiraEvent.Read(Assert.Single(await PeekAsync(host.Bus, "default")));

        Assert.Equal("KEY-1", message.IssueKey);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData("""{"UserConfig":{"Namespaces":[{"Topics":[{"Name":"t","Subscriptions":[{"Name":"s","Rules":[{"Name":"r","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"a ! 1"}}}]}]}]}]}}""", "Rule t/s/r: ! at position 3")]
    [InlineData("""{"UserConfig":{"Namespaces":[{"Queues":[{"Name":"q"}]}]}}""", "has no topic")]
    [InlineData("nonsense", "format of the Service Bus emulator")]
    [InlineData(null, "cannot be read")]
    public async Task Config_Invalid_EndsWithASentence(string? json, string words)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        if (json is not null) await File.WriteAllTextAsync(file, json, Token);
        var settings = new Dictionary<string, string?> { ["AzureWebJobsStorage"] = await azurite.NewAccountAsync() };

        await using var host = await LocalHostProcess.EndedAsync(["--bus-config", file], settings, Token);

        Assert.Equal(1, host.Process.ExitCode);
        Assert.Contains(words, Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    private static async Task<List<JsonElement>> LettersAsync(BusHost host) =>
        [.. (await host.CallAsync(HttpMethod.Get, "/api/deadletters/by-issue", null, Token)).Body.GetProperty("letters").EnumerateArray()];

    private static int Deaths(IReadOnlyCollection<string> lines) => lines.Count(line => line.Contains("fails on", StringComparison.Ordinal));

    private static string Body(int number) => $$"""{"webhookEvent":"jira:issue_updated","number":{{number}},"issue":{"id":"{{10_000 + (number % Issues)}}","key":"KEY-{{number % Issues}}"} }""";

    private static async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(string bus, string subscription)
    {
        await using var client = new ServiceBusClient(bus);
        await using var receiver = client.CreateReceiver("jira-deliveries", subscription);
        return await receiver.PeekMessagesAsync(250, cancellationToken: Token);
    }

    private static async Task<IReadOnlyList<NodeMessage>> NodeAsync(string bus, string subscription, int count, bool sessions)
    {
        var output = await NodeClients.RunAsync("bus.mjs", [bus, "jira-deliveries", subscription, $"{count}", sessions ? "sessions" : ""], Token);
        return JsonSerializer.Deserialize<List<NodeMessage>>(output, JsonSerializerOptions.Web)!;
    }

    private sealed record NodeMessage(string MessageId, string? SessionId, string Type, int Retry, string Body);
}
