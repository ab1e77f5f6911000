using System.Security.Cryptography;
using System.Text;
using Azure.Messaging.ServiceBus;
using JiraWebhooks.Deliveries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace FunctionsApp.Tests;

/// <summary>The function and everything behind it, down to a bus in memory.</summary>
public sealed class ReceiveTests : IAsyncDisposable
{
    private const string Secret = "a-secret-of-the-test";

    /// <summary>Errors that do not end by themselves are logged as errors.</summary>
    private static readonly ServiceBusFailureReason[] Permanent =
    [
        ServiceBusFailureReason.MessagingEntityNotFound, ServiceBusFailureReason.MessagingEntityDisabled,
        ServiceBusFailureReason.QuotaExceeded, ServiceBusFailureReason.MessageSizeExceeded,
    ];

    private readonly FakeSender _sender = new();
    private readonly FakeLogCollector _logs = FakeLogCollector.Create(new() { FilteredCategories = { typeof(DeliveryReceiver).FullName! } });

    public static TheoryData<ServiceBusFailureReason> Reasons => [.. Enum.GetValues<ServiceBusFailureReason>()];

    // The SDK's sender would close a link that this one never had.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Receive_TheBusAccepts_Is200()
    {
        var response = await DeliverAsync(Signed);

        Assert.Equal(200, response.StatusCode);
        Assert.Equal("acme:id-1", Assert.Single(_sender.Sent).MessageId);
        Assert.Equal("acme:10002", _sender.Sent[0].SessionId);
    }

    /// <summary>docs/jira-behaviour.md#answers: whatever the bus says, Jira is asked to come again and no event is given up.</summary>
    [Theory]
    [MemberData(nameof(Reasons))]
    [Trait("Decision", "200-after-publish")]
    public async Task Receive_TheBusRefuses_Is503(ServiceBusFailureReason reason)
    {
        // Too large even without its body is a refusal like any other.
        _sender.MaxBody = reason is ServiceBusFailureReason.MessageSizeExceeded ? -1 : int.MaxValue;
        _sender.Failure = reason is ServiceBusFailureReason.MessageSizeExceeded ? null : new ServiceBusException("fault of the test", reason);

        var response = await DeliverAsync(Signed);

        Assert.Equal(503, response.StatusCode);
        Assert.False(string.IsNullOrEmpty(response.Headers.RetryAfter));
        Assert.Empty(_sender.Sent);

        var entry = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(Permanent.Contains(reason) ? LogLevel.Error : LogLevel.Warning, entry.Level);
        if (entry.Level is LogLevel.Error) Assert.Contains(reason.ToString(), entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Decision", "200-after-publish")]
    public async Task Receive_NoIdentity_Is503AndAnError()
    {
        _sender.Failure = new Azure.Identity.CredentialUnavailableException("no identity");

        Assert.Equal(503, (await DeliverAsync(Signed)).StatusCode);
        Assert.Equal(LogLevel.Error, Assert.Single(_logs.GetSnapshot()).Level);
    }

    [Fact]
    [Trait("Rule", "query-string-hash")]
    public async Task Receive_ABadSignature_Is401AndAsksNoBus()
    {
        var response = await DeliverAsync(_ => "sha256=" + new string('0', 64));

        Assert.Equal(401, response.StatusCode);
        Assert.Equal(0, _sender.Calls);
    }

    private static string Signed(byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));

    private async Task<HttpResponse> DeliverAsync(Func<byte[], string> signature)
    {
        using var app = TestApp.Build(
            services => services.AddSingleton<IAzureClientFactory<ServiceBusClient>>(new FakeClient(_sender))
                .AddKeyedSingleton<JiraWebhooks.Publishing.IClaimCheck>(JiraWebhooks.Hosting.AzureClients.Receive, new FakeClaimCheck())
                .AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_logs)),
            ("ServiceBus:fullyQualifiedNamespace", "example.servicebus.windows.net"),
            ("Sites:acme:Url", "https://acme.atlassian.net"), ("Sites:acme:Scheme", "AdminWebhook"), ("Sites:acme:Secret", Secret));
        var body = """{"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"ED-1"}}"""u8.ToArray();
        var context = new DefaultHttpContext { Request = { Method = "POST", Body = new MemoryStream(body), ContentLength = body.Length, ContentType = "application/json" } };
        context.Request.Headers["X-Hub-Signature"] = signature(body);
        context.Request.Headers["X-Atlassian-Webhook-Identifier"] = "id-1";

        await ActivatorUtilities.CreateInstance<ReceiveDelivery>(app.Services).RunAsync(context.Request, "acme");
        return context.Response;
    }
}
