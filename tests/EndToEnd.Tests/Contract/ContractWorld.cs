using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using EndToEnd.Tests.Support;
using JiraSimulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Contract;

/// <summary>One LocalHost process with storage, a Jira and a collector around it: what a class of this folder drives, and all that it reads.</summary>
public sealed class ContractWorld(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly string[] OfEveryRow = ["odata.etag", "PartitionKey", "RowKey", "Timestamp"];

    private HeldCall? _held;
    private WebApplication _server = null!;
    private LocalHostProcess _process = null!;
    private Clone _clone = null!;

    internal SimulatedJira Jira { get; } = new(TimeProvider.System);

    /// <summary>A caller without a key.</summary>
    internal HttpClient Stranger { get; } = NewClient();

    /// <summary>A caller with the key.</summary>
    internal HttpClient Manager { get; } = NewClient();

    internal Collector Collector { get; private set; } = null!;

    internal Uri Address { get; } = new($"http://localhost:{LocalHostProcess.FreePort()}");

    internal string Storage { get; private set; } = null!;

    /// <summary>What the process has written to its terminal.</summary>
    internal IEnumerable<string> Terminal => [.. _process.Output, .. _process.Errors];

    /// <summary>The folder of its files.</summary>
    internal string Files => Path.GetDirectoryName(_clone.Key)!;

    internal string Key { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Storage = await azurite.NewAccountAsync();
        _clone = new Clone();
        Collector = await Contract.Collector.StartAsync(Token);
        foreach (var site in ContractSites.Of(Address)) Jira.AddSite(site);
        var jira = LocalHostProcess.FreePort();
        _server = await LocalServer.StartAsync(jira, server => { server.Use(HoldAsync); server.MapJiraSimulator(Jira); }, Token);
        _process = await LocalHostProcess.ListeningAsync(Address.Port, ContractSites.Settings(this, $"http://localhost:{jira}"), Token, _clone);
        Key = (await File.ReadAllTextAsync(_clone.Key, Token)).Trim();
        Manager.DefaultRequestHeaders.Add("x-functions-key", Key);
        Manager.BaseAddress = Stranger.BaseAddress = Address;
        await Delivery.FirstAsync(Stranger, ContractSites.Initech, Site(ContractSites.Initech).Secret, Token);
        await DrainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Stranger.Dispose();
        Manager.Dispose();
        foreach (var started in new IAsyncDisposable?[] { _process, Collector, _server })
        {
            if (started is not null) await started.DisposeAsync();
        }

        _clone?.Dispose();
    }

    /// <summary>How Jira has set up a site.</summary>
    internal SimulatedSiteOptions Site(string slug) => Jira.Sites.Single(site => site.Options.Slug == slug).Options;

    /// <summary>Status of a call, by the caller with the key.</summary>
    internal async Task<int> StatusAsync(string method, string path, object? body = null)
    {
        using var response = await CallAsync(method, path, body);
        return (int)response.StatusCode;
    }

    internal Task<HttpResponseMessage> CallAsync(string method, string path, object? body = null) =>
        Manager.SendAsync(new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body)) }, Token);

    /// <summary>The calls, one after the other, have these statuses.</summary>
    internal async Task AssertAnswersAsync(params (string Verb, string Path, object? Body, int Status)[] calls)
    {
        var answers = new List<string>();
        foreach (var (verb, path, body, _) in calls) answers.Add($"{verb} {path} {await StatusAsync(verb, path, body)}");

        Assert.Equal(calls.Select(call => $"{call.Verb} {call.Path} {call.Status}"), answers);
    }

    internal Task<JsonElement> JsonAsync(string path) => Manager.GetFromJsonAsync<JsonElement>(path, Token);

    /// <summary>Takes all messages out of the queue, the oldest first.</summary>
    internal async Task<List<JsonElement>> DrainAsync()
    {
        var queue = new QueueClient(Storage, Names.Storage.Queue);
        var all = new List<JsonElement>();
        while (await queue.ExistsAsync(Token) && (await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Token)).Value is { Length: > 0 } batch)
        {
            foreach (var message in batch)
            {
                all.Add(JsonSerializer.Deserialize<JsonElement>(message.Body));
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Token);
            }
        }

        return all;
    }

    /// <summary>The rows of a partition.</summary>
    internal async Task<List<TableEntity>> RowsAsync(string table, string partition)
    {
        var client = new TableClient(Storage, table);
        await client.CreateIfNotExistsAsync(Token);
        return await client.QueryAsync<TableEntity>(row => row.PartitionKey == partition, cancellationToken: Token).ToListAsync(Token);
    }

    /// <summary>The row has these columns, each as <c>Name:Type</c>.</summary>
    internal async Task AssertRowAsync(string table, string partition, string row, string columns)
    {
        var found = Assert.Single(await RowsAsync(table, partition), found => found.RowKey == row);
        Assert.Equal(columns, string.Join(' ', found.Where(column => !OfEveryRow.Contains(column.Key)).Select(column => $"{column.Key}:{column.Value.GetType().Name}").Order(StringComparer.Ordinal)));
    }

    /// <summary>Holds the next call of an operation at Jira, told by a part of its path, until what is given back is disposed; its task ends when
    /// the call has come.</summary>
    internal HeldCall Hold(string path) => _held = new HeldCall(path);

    private async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        if (_held is { } held && context.Request.Path.Value!.Contains(held.Path, StringComparison.Ordinal)) await held.WaitAsync();
        await next(context);
    }

    private static HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
}
