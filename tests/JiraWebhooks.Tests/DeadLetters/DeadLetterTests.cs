using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using JiraWebhooks.Api;
using JiraWebhooks.DeadLetters;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Storage;
using JiraWebhooks.Subscriber;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServiceBusSimulator;
using ServiceBusSimulator.Entities;

namespace JiraWebhooks.Tests.DeadLetters;

/// <summary>Dead letters on a simulated bus, with the real SDK.</summary>
public sealed partial class DeadLetterTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Topic = "jira-deliveries";
    private const string Config = """
        {"UserConfig":{"Namespaces":[{"Topics":[{"Name":"jira-deliveries","Properties":{"RequiresDuplicateDetection":true,"DuplicateDetectionHistoryTimeWindow":"PT5M"},"Subscriptions":[
          {"Name":"default","Rules":[{"Name":"f","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"jira_to IS NULL OR jira_to = 'default'"}}}]},
          {"Name":"other","Rules":[{"Name":"f","Properties":{"FilterType":"Sql","SqlFilter":{"SqlExpression":"jira_to IS NULL OR jira_to = 'other'"}}}]}
        ]}]}]}}
        """;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
    private SimulatedServiceBus _bus = null!;
    private ServiceBusClient _client = null!;
    private BlobServiceClient _blobs = null!;
    private BlobContainerClient _bodies = null!;
    private JiraWebhooksOptions _options = null!;
    private SubscriptionMonitor _monitor = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bus = SimulatedServiceBus.Start(EntityConfig.Parse(Config), new SimulatedServiceBusOptions { Clock = _clock });
        _client = new ServiceBusClient(_bus.ConnectionString);
        _blobs = new BlobServiceClient(await azurite.NewAccountAsync());
        _bodies = _blobs.GetBlobContainerClient("jira-bodies");
        var errors = new List<string>();
        _options = new JiraWebhooksOptions
        {
            PublicBaseUrl = new Uri("https://hooks.example.com"),
            ServiceBus = ServiceBusSettings.Parse(Texts(("ServiceBus", _bus.ConnectionString), ("ServiceBus__Subscriptions", "default, other")), errors),
        };
        Assert.Empty(errors);
        _monitor = Monitor(_client);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _bus.DisposeAsync();
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Peek_Letters_HaveWhatAPersonNeeds()
    {
        await KillAsync("default", Message("1", "SHOP-1", recovered: true), Message("2", "SHOP-2"));
        _clock.Advance(TimeSpan.FromHours(3));

        var first = await _monitor.PeekAsync("default", 0, 1, Token);
        var second = await _monitor.PeekAsync("default", first.Next!.Value, 1, Token);
        var letter = Assert.Single(first.Letters);

        Assert.Equal("acme:1", letter.MessageId);
        Assert.Equal("SHOP-1", letter.Issue);
        Assert.Equal("acme", letter.Site);
        Assert.Equal("jira:issue_updated", letter.Event);
        Assert.Equal("why", letter.Reason);
        Assert.Equal("in detail", letter.Description);
        Assert.Equal(3, letter.AgeHours);
        Assert.Equal(["recovered"], letter.Marks);
        Assert.Equal("SHOP-2", Assert.Single(second.Letters).Issue);
        Assert.Empty((await _monitor.PeekAsync("default", second.Next!.Value, 1, Token)).Letters);
        Assert.Equal(2, Status("default").Dead);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_Letter_ComesToItsSubscriptionAlone_WithANewIdentity()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        Assert.Equal(1, Status("other").Active);

        var result = await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token);

        Assert.Equal(1, result.Done);
        Assert.False(result.NotReached);
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 1, 0), Status("default"));
        Assert.Equal(1, Status("other").Active);
        await using var receiver = _client.CreateReceiver(Topic, "default");
        var message = await receiver.ReceiveMessageAsync(cancellationToken: Token);
        Assert.Equal("acme:1:r1-37a8eec1", message.MessageId);
        Assert.Null(message.DeadLetterReason);
        Assert.True(JiraEvent.Read(message).IsRedriven);
        Assert.Equal("acme:SHOP-1", message.SessionId);
        Assert.Equal("{}", message.Body.ToString());
    }

    /// <summary>The numbers of the letters count per subscription, so both are 1, and the topic drops duplicates before it applies the rules.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_SameEventDeadInTwoSubscriptions_ComesToBoth()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        await KillAsync("other", 1);

        Assert.Equal(1, (await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token)).Done);
        Assert.Equal(1, (await _monitor.RunAsync("other", new DeadLetterFilter(), redrive: true, Token)).Done);

        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 1, 0), Status("default"));
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/other", 1, 0), Status("other"));
    }

    /// <summary>Service Bus finds a subscription by its name in any case. Its rule compares <c>jira_to</c> with one spelling.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_NameInAnotherCase_ComesToItsSubscription()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        var api = new DeadLettersApi(_monitor, new ApiCalls(_options, _clock, NullLogger<ApiCalls>.Instance));
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream("{}"u8.ToArray());

        await (await api.RedriveAsync(context.Request, "DEFAULT")).ExecuteAsync(context);

        Assert.Equal(200, context.Response.StatusCode);
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 1, 0), Status("default"));
    }

    /// <summary>The letter is still there, and the topic drops the second message.</summary>
    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_CrashBeforeTheLetterIsRemoved_SendsItOnce()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        await using (var letters = _client.CreateReceiver(Topic, "default", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }))
        await using (var sender = _client.CreateSender(Topic))
        {
            var letter = await letters.ReceiveMessageAsync(cancellationToken: Token);
            await sender.SendMessageAsync(DeadLetterMessages.Redrive(letter, "default"), Token);
            await letters.AbandonMessageAsync(letter, cancellationToken: Token);
        }

        await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token);

        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 1, 0), Status("default"));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Redrive_TopicIsFull_GivesTheLetterBack()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        _bus.Faults.FailSends(BusFault.QuotaExceeded);

        await Assert.ThrowsAsync<ServiceBusException>(() => _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token));
        Assert.Equal(1, Status("default").Dead);

        await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token);
        Assert.Equal(1, Status("default").Active);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_Filter_TakesOnlyWhatMatches_AndGivesTheOthersBack()
    {
        await KillAsync("default", [.. Enumerable.Range(1, 30).Select(number => Message($"{number}", number % 3 == 0 ? "SHOP-0" : "SHOP-1", site: number % 3 == 0 ? "globex" : "acme"))]);

        var dry = await _monitor.RunAsync("default", new DeadLetterFilter { Site = "globex", DryRun = true }, redrive: false, Token);
        Assert.Equal(10, dry.Done);
        Assert.Equal(20, dry.Skipped);
        Assert.Equal(30, Status("default").Dead);

        var result = await _monitor.RunAsync("default", new DeadLetterFilter { Site = "globex" }, redrive: false, Token);

        Assert.Equal(10, result.Done);
        Assert.Equal(20, result.Skipped);
        Assert.False(result.NotReached);
        Assert.Equal(new QueueStatus($"{Topic}/Subscriptions/default", 0, 20), Status("default"));
        Assert.All((await _monitor.PeekAsync("default", 0, 50, Token)).Letters, letter => Assert.Equal("acme", letter.Site));
        Assert.Equal(20, (await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: false, Token)).Done);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_OneNumber_LeavesTheOthers_AndNamesWhatIsMissing()
    {
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"), Message("3", "SHOP-3"));

        var result = await _monitor.RunAsync("default", new DeadLetterFilter { SequenceNumbers = [2, 99] }, redrive: false, Token);

        Assert.Equal(1, result.Done);
        Assert.Equal([99], result.Missing);
        Assert.Equal(["SHOP-1", "SHOP-3"], (await _monitor.PeekAsync("default", 0, 50, Token)).Letters.Select(letter => letter.Issue));
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_Max_StopsThere()
    {
        await KillAsync("default", Message("1", "SHOP-1"), Message("2", "SHOP-2"), Message("3", "SHOP-3"));

        var result = await _monitor.RunAsync("default", new DeadLetterFilter { Max = 2 }, redrive: false, Token);

        Assert.Equal(2, result.Done);
        Assert.True(result.NotReached);
        Assert.Equal(1, Status("default").Dead);
    }

    [Fact(Timeout = Limits.Hang)]
    public async Task Drop_PublishedBefore_ComparesTheTimeOfTheLetter()
    {
        await KillAsync("default", Message("1", "SHOP-1"));
        _clock.Advance(TimeSpan.FromHours(2));
        await KillAsync("default", Message("2", "SHOP-2"));

        await _monitor.RunAsync("default", new DeadLetterFilter { EnqueuedBefore = _clock.GetUtcNow() - TimeSpan.FromHours(1) }, redrive: false, Token);

        Assert.Equal("SHOP-2", Assert.Single((await _monitor.PeekAsync("default", 0, 50, Token)).Letters).Issue);
    }

    [Theory(Timeout = Limits.Hang)]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Decision", "claim-check")]
    public async Task Redrive_ClaimCheck_NeedsItsBodyAndRenewsIt(bool exists)
    {
        var name = $"acme/{new string('0', 64)}";
        if (exists)
        {
            await _bodies.CreateIfNotExistsAsync(cancellationToken: Token);
            await _bodies.UploadBlobAsync(name, BinaryData.FromString("the body"), Token);
        }

        var message = Message("1", "SHOP-1");
        message.ApplicationProperties[EventProperties.DataRef] = $"{_bodies.Uri}/{name}";
        await KillAsync("default", message);

        var result = await _monitor.RunAsync("default", new DeadLetterFilter(), redrive: true, Token);

        Assert.Equal(exists ? 1 : 0, result.Done);
        Assert.Equal(exists ? 0 : 1, Status("default").Dead);
        if (exists) Assert.True((await _bodies.GetBlobClient(name).GetPropertiesAsync(cancellationToken: Token)).Value.Metadata.ContainsKey("renewed"));
        else Assert.Contains("no longer in Blob Storage", Assert.Single(result.Refused).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme:1", 7, "default", "acme:1:r7-37a8eec1")]
    [InlineData("acme:1", 7, "Default", "acme:1:r7-37a8eec1")]
    [InlineData("acme:1", 7, "other", "acme:1:r7-d9298a10")]
    [InlineData("acme:1:r7-37a8eec1", 12, "default", "acme:1:r12-37a8eec1")]
    [InlineData("acme:1:r7", 12, "default", "acme:1:r12-37a8eec1")]
    public void NewId_OfALetter_NamesItsNumberAndSubscription(string old, long number, string subscription, string expected) =>
        Assert.Equal(expected, DeadLetterMessages.NewId(old, number, subscription));

    [Fact]
    public void NewId_OfALongIdentity_HasAtMost128Characters()
    {
        var id = DeadLetterMessages.NewId(new string('x', 128), long.MaxValue, "default");

        Assert.InRange(id.Length, 64, 128);
        Assert.NotEqual(id, DeadLetterMessages.NewId(new string('y', 128), long.MaxValue, "default"));
    }

    private SubscriptionMonitor Monitor(ServiceBusClient client) =>
        new(new OneClient(client), new ClaimedBodies(new LazyContainer(_blobs, "jira-bodies")), _options, _clock);

    private QueueStatus Status(string subscription) => _bus.Status.Single(queue => queue.Path == $"{Topic}/Subscriptions/{subscription}");

    private async Task KillAsync(string subscription, params ServiceBusMessage[] messages)
    {
        await using var sender = _client.CreateSender(Topic);
        foreach (var message in messages) await sender.SendMessageAsync(message, Token);
        await KillAsync(subscription, messages.Length);
    }

    private async Task KillAsync(string subscription, int count)
    {
        await using var receiver = _client.CreateReceiver(Topic, subscription);
        for (var left = count; left > 0; left--)
        {
            await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(cancellationToken: Token), "why", "in detail", Token);
        }
    }

    private static ServiceBusMessage Message(string id, string issue, bool recovered = false, string site = "acme")
    {
        var message = new ServiceBusMessage("{}") { MessageId = $"{site}:{id}", SessionId = $"{site}:{issue}" };
        message.ApplicationProperties[EventProperties.Type] = "jira:issue_updated";
        message.ApplicationProperties[EventProperties.Site] = site;
        message.ApplicationProperties[EventProperties.Subject] = issue;
        if (recovered) message.ApplicationProperties[EventProperties.Recovered] = true;
        return message;
    }

    private static SettingsTexts Texts(params (string Name, string Value)[] texts)
    {
        var read = new SettingsTexts();
        read.Read(new ConfigurationBuilder().AddInMemoryCollection(texts.ToDictionary(text => text.Name.Replace("__", ":", StringComparison.Ordinal),
            text => (string?)text.Value)).Build());
        return read;
    }

    private sealed class OneClient(ServiceBusClient client) : IAzureClientFactory<ServiceBusClient>
    {
        public ServiceBusClient CreateClient(string name) => client;
    }
}
