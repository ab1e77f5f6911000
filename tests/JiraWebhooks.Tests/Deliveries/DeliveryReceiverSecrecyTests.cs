using System.Collections.Concurrent;
using System.Diagnostics;
using JiraWebhooks.Deliveries;
using JiraWebhooks.Telemetry;
using JiraWebhooks.Tests.Support;

namespace JiraWebhooks.Tests.Deliveries;

public sealed class DeliveryReceiverSecrecyTests
{
    private const string BodyMark = "body-mark-5f2c";

    [Fact]
    [Trait("Rule", "secrecy")]
    public async Task ReceiveAsync_WhateverHappens_NothingSecretIsLoggedTaggedOrAnswered()
    {
        using var refused = Metrics.Counter(DeliveryMetrics.Refused);
        var tags = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instrumentation.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => tags.Enqueue(string.Join(" ", activity.TagObjects)),
        };
        ActivitySource.AddActivityListener(listener);
        var harness = new ReceiverHarness();
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"webhookEvent":"{{BodyMark}}"}""");
        var token = TestTokens.OAuth(harness.Clock.GetUtcNow());
        var signature = TestTokens.Hub(body);
        var texts = new List<string>();

        foreach (var (site, fails) in from site in new[] { "acme", "initech", "unknown" } from fails in new[] { false, true } select (site, fails))
        {
            harness.Publisher.Before = (_, _) => fails ? throw new InvalidOperationException("bus is away") : Task.CompletedTask;
            foreach (var forged in new[] { false, true })
            {
                var context = harness.Request(site, body);
                context.Request.QueryString = new($"?jwt={token}");
                context.Request.Headers.Authorization = $"Bearer {(forged ? token[..^2] + "AA" : token)}";
                context.Request.Headers["X-Hub-Signature"] = forged ? signature[..^2] + "00" : signature;
                var answered = await harness.SendAsync(context);
                texts.Add(answered.Text + answered.Headers);
            }
        }

        texts.AddRange(harness.Logs.Entries.Select(entry => entry.Text));
        texts.AddRange(tags);
        texts.AddRange(refused.Tags());
        Assert.True(texts.Count > 20);
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain(token.Split('.')[1], text, StringComparison.Ordinal);
            Assert.DoesNotContain(signature[7..40], text, StringComparison.Ordinal);
            Assert.DoesNotContain(StubSites.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(BodyMark, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Bearer", text, StringComparison.Ordinal);
        });
    }
}
