using System.Text;

namespace JiraSimulator;

/// <summary>A delivery that waits for its next attempt.</summary>
internal sealed record PendingDelivery(SimulatedSite Site, string Identifier, Uri Url, byte[] Body, DateTimeOffset Due)
{
    public int Retry { get; init; }

    /// <summary>True for a side effect of a bulk change, which has its own lane.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>The trace that a Connect app set on the call that caused this, or null.</summary>
    public string? Trace { get; init; }
}

/// <summary>Sends, retries and gives up as Jira does (docs/jira-behaviour.md#deliveries): it retries after 408, 409, 425, 429, 5xx and no
/// response, at most five times, 5 to 15 minutes apart; then the delivery goes to the failed list. After any other rejection the event is lost.
/// If a host has failed for half an hour, an event gets one attempt until a delivery succeeds.</summary>
internal sealed class Deliveries(TimeProvider clock, int seed)
{
    private const int MaxRetries = 5;
    private const int PrimaryAtOnce = 20;
    private const int SecondaryAtOnce = 10;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Endurance = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly List<PendingDelivery> _pending = [];
    private readonly Dictionary<(SimulatedSite Site, string Host), DateTimeOffset> _failingSince = [];

    /// <summary>The time between two attempts; null for a random one as in Jira.</summary>
    public TimeSpan? RetryAfter { get; set; }

    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate) return _pending.Count == 0 ? null : _pending.Min(delivery => delivery.Due);
        }
    }

    public int Pending
    {
        get
        {
            lock (_gate) return _pending.Count;
        }
    }

    public string NewIdentifier()
    {
        var bytes = new byte[16];
        lock (_gate) _random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }

    public void Add(PendingDelivery delivery)
    {
        lock (_gate) _pending.Add(delivery);
    }

    public async Task<int> SendDueAsync(HttpClient client, Ledger ledger, CancellationToken cancellationToken)
    {
        List<PendingDelivery> due;
        lock (_gate)
        {
            due = [.. _pending.Where(delivery => delivery.Due <= clock.GetUtcNow())];
            _pending.RemoveAll(due.Contains);
        }

        await Task.WhenAll(due.GroupBy(delivery => (delivery.Site, delivery.IsSecondary)).Select(group => Parallel.ForEachAsync(
            group,
            new ParallelOptions { MaxDegreeOfParallelism = group.Key.IsSecondary ? SecondaryAtOnce : PrimaryAtOnce, CancellationToken = cancellationToken },
            async (delivery, token) => await SendAsync(client, delivery, ledger, token))));
        return due.Count;
    }

    private async Task SendAsync(HttpClient client, PendingDelivery delivery, Ledger ledger, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var status = await PostAsync(client, delivery, cancellationToken);
        ledger.Add(new Attempt(delivery.Site.Options.Slug, delivery.Identifier, delivery.Retry, status, at));
        var failed = status is 0 or 408 or 409 or 425 or 429 or >= 500;
        var isGivenUp = Note(delivery, failed, at) && delivery.Retry == 0;
        if (!failed) return;

        if (delivery.Retry < MaxRetries && !isGivenUp)
        {
            Add(delivery with { Retry = delivery.Retry + 1, Due = clock.GetUtcNow() + Spacing() });
            return;
        }

        delivery.Site.AddFailed(new FailedRecord(
            delivery.Identifier, delivery.Url.AbsoluteUri, clock.GetUtcNow().ToUnixTimeMilliseconds(), Encoding.UTF8.GetString(delivery.Body)));
    }

    // True if the host has failed for so long that nothing is retried.
    private bool Note(PendingDelivery delivery, bool failed, DateTimeOffset at)
    {
        lock (_gate)
        {
            var host = (delivery.Site, delivery.Url.Authority);
            if (!failed) _failingSince.Remove(host);
            else _failingSince.TryAdd(host, at);
            return failed && at - _failingSince[host] > Endurance;
        }
    }

    private async Task<int> PostAsync(HttpClient client, PendingDelivery delivery, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(delivery)) { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "Atlassian Webhook HTTP Client");
        request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Identifier", delivery.Identifier);
        request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Flow", delivery.IsSecondary ? "Secondary" : "Primary");
        if (delivery.Trace is { } trace) request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Trace", trace);
        if (delivery.Retry > 0) request.Headers.TryAddWithoutValidation("X-Atlassian-Webhook-Retry", $"{delivery.Retry}");
        Sign(request, delivery);

        try
        {
            using var response = await client.SendAsync(request, either.Token);
            return (int)response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    // Observed at the real Jira: deliveries to OAuth apps come without the query of their callback URL.
    private static Uri Address(PendingDelivery delivery) =>
        delivery.Site.Options.Auth is SimulatedAuth.OAuth ? new Uri(delivery.Url.GetLeftPart(UriPartial.Path)) : delivery.Url;

    private void Sign(HttpRequestMessage request, PendingDelivery delivery)
    {
        var site = delivery.Site.Options;
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        switch (site.Auth)
        {
            case SimulatedAuth.OAuth:
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Signatures.Jwt(
                    site.Secret, ("iss", site.ClientId), ("sub", "account-of-the-actor"), ("iat", now), ("exp", now + 900), ("jti", Guid.NewGuid().ToString()), ("context", new { cloudId = site.CloudId })));
                break;
            case SimulatedAuth.Connect:
                request.Headers.TryAddWithoutValidation("Authorization", "JWT " + Signatures.Jwt(
                    site.Secret, ("iss", site.ClientKey), ("iat", now), ("exp", now + 900), ("qsh", Signatures.QueryHash("POST", delivery.Url.AbsolutePath, delivery.Url.Query))));
                break;
            default:
                request.Headers.TryAddWithoutValidation("X-Hub-Signature", Signatures.Hub(site.Secret, delivery.Body));
                break;
        }
    }

    private TimeSpan Spacing()
    {
        if (RetryAfter is { } fixedTime) return fixedTime;

        lock (_gate) return TimeSpan.FromSeconds(_random.Next(300, 901));
    }
}
