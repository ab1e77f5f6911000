using System.Net;
using EndToEnd.Tests.Contract;
using EndToEnd.Tests.Support;
using JiraSimulator;
using Microsoft.Extensions.Time.Testing;

namespace EndToEnd.Tests.Inspector;

/// <summary>LocalHost with its bus as a process, for one site whose deliveries the tests send.</summary>
public sealed class InspectorFixture(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly SimulatedJira _jira = new(new FakeTimeProvider());
    private BusHost _host = null!;

    internal Uri Address => _host.Address;

    internal string Bus => _host.Bus;

    internal string Secret => _jira.Sites.Single().Options.Secret;

    internal HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _host = await BusHost.StartAsync(_jira, await azurite.NewAccountAsync(), [], CancellationToken.None);
        Http.BaseAddress = Address;

        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Limits.Hang), TimeProvider.System);
        await Delivery.FirstAsync(Http, BusHost.Site, Secret, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
    }

    /// <summary>Sends a delivery with a new identifier; <paramref name="secret"/> is another than the site's in order to have it refused.</summary>
    internal async Task<HttpStatusCode> DeliverAsync(string issue, string summary = "A summary", string? secret = null)
    {
        var body = $$$"""
            {"timestamp":1700000000123,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"{{{issue}}}","fields":{"summary":"{{{summary}}}"}},
            "changelog":{"items":[{"field":"status","fromString":"To Do","toString":"Done"}]},"matchedWebhookIds":[1001]}
            """;
        using var request = Delivery.To(BusHost.Site, body, ("X-Atlassian-Webhook-Identifier", Guid.NewGuid().ToString()), Delivery.Hub(secret ?? Secret, body));
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }
}
