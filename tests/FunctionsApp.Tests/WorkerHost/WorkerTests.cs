using System.Text.Json.Nodes;
using FunctionsApp.Tests.WorkerHost.Rpc;
using JiraSimulator;
using JiraWebhooks.Subscriber;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>The published app, started and spoken to as the Functions host does it.</summary>
[Collection(Alone.Name)]
public sealed class WorkerTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Alone.Limit)]
    public async Task Index_OfTheWorker_IsTheMetadataFile_AndEveryFunctionLoads()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);

        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(host.Worker.Folder, "functions.metadata"), Token))!.AsArray();
        Assert.Equal(
            file.Select(function => Line((string)function!["name"]!, (string)function["entryPoint"]!, (string)function["scriptFile"]!, function["bindings"]!.AsArray()!)).Order(StringComparer.Ordinal),
            host.Functions.Select(function => Line(function.Name, function.EntryPoint, function.ScriptFile, function.RawBindings.Select(binding => JsonNode.Parse(binding)!)))
                .Order(StringComparer.Ordinal));
        Assert.Equal(file.Count, host.Loaded.Count);
        Assert.All(host.Loaded, function => Assert.Equal((function.Key, StatusResult.Types.Status.Success), (function.Key, function.Value.Status)));
    }

    [Fact(Timeout = Alone.Limit)]
    public async Task Deliver_Signed_Is200AndInTheQueue()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);

        Assert.Equal(200, await WorkerWorld.DeliverAsync(host.Client, world.Secret, Token));

        var published = Assert.Single(await world.PublishedAsync(Token));
        Assert.Equal($"{WorkerWorld.Admin}:id-1", published.MessageId);
        Assert.Equal(WorkerWorld.Body, published.Body.ToArray());
    }

    /// <summary>A row per delivery would cost more than the delivery: a good one is a metric.</summary>
    [Fact(Timeout = Alone.Limit)]
    public async Task Deliver_Signed_LogsNothing_AndForged_LogsOnce()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);
        Assert.Equal(200, await WorkerWorld.DeliverAsync(host.Client, world.Secret, Token));
        var first = host.Logs.Count;

        Assert.Equal(200, await WorkerWorld.DeliverAsync(host.Client, world.Secret, Token));
        Assert.Equal(401, await WorkerWorld.DeliverAsync(host.Client, "another-secret", Token));
        await host.FireAsync("RefreshWebhooks", "1", Token);

        // The stream keeps its order: what the deliveries have logged came before the answer of the timer. The timer logs too, and so does what begins
        // with the process in the background.
        string[] others = ["JiraWebhooks.Webhooks.", "JiraWebhooks.OAuth.", "JiraWebhooks.Health.", "JiraWebhooks.Runs."];
        var logs = host.Logs.Skip(first).Where(log => log.Level >= RpcLog.Types.Level.Information && !others.Any(other => log.Category.StartsWith(other, StringComparison.Ordinal)))
            .ToList();
        var refused = Assert.Single(logs);
        Assert.Contains("refused with 401 (bad_signature)", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Alone.Limit)]
    public async Task Deliver_Forged_Is401AndNotInTheQueue()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);

        Assert.Equal(401, await WorkerWorld.DeliverAsync(host.Client, "another-secret", Token));

        Assert.Empty(await world.PublishedAsync(Token));
    }

    [Fact(Timeout = Alone.Limit)]
    public async Task Fire_BothTimers_RegisterWhatIsDeclaredAndFetchWhatFailed()
    {
        await using var world = await WorkerWorld.NewAsync(azurite);
        await using var host = await FunctionsHost.StartAsync(world.Settings, Token);
        var site = world.Jira.Sites.Single(site => site.Options.Slug == WorkerWorld.Connect);
        site.AddFailed(new FailedRecord("missed", WorkerWorld.Callback(WorkerWorld.Connect).AbsoluteUri, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000, """{"webhookEvent":"jira:issue_updated"}"""));

        Assert.Equal(StatusResult.Types.Status.Success, (await host.FireAsync("RefreshWebhooks", "1", Token)).Result.Status);
        Assert.Equal(2, site.Webhooks.Count);
        Assert.Equal(StatusResult.Types.Status.Success, (await host.FireAsync("PollFailedWebhooks", "2", Token)).Result.Status);
        var recovered = Assert.Single(await world.PublishedAsync(Token));

        Assert.Equal($"{WorkerWorld.Connect}:missed", recovered.MessageId);
        Assert.Equal(true, recovered.Properties[EventProperties.Recovered]);
    }

    // The file says of an HTTP function that returns nothing that it has no output; the worker gives it one all the same.
    private static string Line(string name, string entryPoint, string file, IEnumerable<JsonNode> bindings) =>
        $"{name} {entryPoint} {file} {string.Join(' ', bindings.Where(binding => (string?)binding["name"] != "$return").Select(Text).Order(StringComparer.Ordinal))}";

    private static string Text(JsonNode binding) =>
        string.Join(',', binding.AsObject().OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value?.ToJsonString()}").Where(text => text != "properties={}"));
}
