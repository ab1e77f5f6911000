using System.Runtime.CompilerServices;
using JiraWebhooks.Hosting;
using JiraWebhooks.Publishing;
using JiraWebhooks.Sites;
using JiraWebhooks.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JiraWebhooks.Deliveries;

/// <summary>Receives one delivery: verify, read, describe, publish, answer (docs/architecture.md#how-a-delivery-is-processed). Headers are verified first.
/// The body is read only if the token is valid or the scheme signs the body.</summary>
public sealed partial class DeliveryReceiver(
    ISiteStore sites,
    [FromKeyedServices(AzureClients.Receive)] IDeliveryPublisher publisher,
    JiraWebhooksOptions options,
    TimeProvider clock,
    DeliveryActivity activity,
    IKnownWebhooks known,
    ILogger<DeliveryReceiver> logger)
{
    /// <summary>Route of the callback URL, without a leading slash; the Functions host adds the prefix <c>api</c>.</summary>
    public const string Route = "deliveries/{site}";

    private readonly TimeProvider _clock = clock;
    private readonly OutcomeLog _log = new(clock, logger);

    internal BodyMemory Memory { get; } = new(options.BodyMemoryBytes, clock);

    /// <summary>Handles the request and writes the whole answer: 200 after the publisher returned, 401, 413, 415 or 503. Never throws.
    /// 415 is decided before the signature is verified, 413 while the body is read. Jira never sends what gets either, so an authentic delivery gets
    /// neither. If a request is answered without its body, the server reads the rest or closes the connection.</summary>
    public async Task ReceiveAsync(HttpContext context, string siteId)
    {
        var started = _clock.GetTimestamp();
        using var span = Instrumentation.Activities.StartActivity("receive");
        using var budget = new CancellationTokenSource(options.DeliveryBudget, _clock);

        var outcome = await HandleAsync(context, siteId, budget.Token);
        Record(outcome, _clock.GetElapsedTime(started));
        span?.SetTag("site", outcome.Site);
        span?.SetTag("reason", outcome.Reason.Tag());

        try
        {
            await Answer.WriteAsync(context.Response, outcome.Status);
        }
        catch (Exception gone)
        {
            // The caller is gone. Jira counts a lost answer as a failure and sends the delivery again.
            _log.AnswerLost(gone);
        }
    }

    private void Record(in Outcome outcome, TimeSpan duration)
    {
        DeliveryMetrics.Count(outcome, duration);

        if (outcome is { IsOutage: true, Site: { } site }) activity.Fail(site, outcome.WrongTimes);
        _log.Add(outcome);
    }

    // The body rarely arrives together with the headers, so this method usually suspends. Its state comes from a pool.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome> HandleAsync(HttpContext context, string siteId, CancellationToken budget)
    {
        Site? site = null;
        var stage = OutcomeReason.SiteStore;
        var authentic = false;
        using var body = new PooledBody();
        try
        {
            site = await FindAsync(siteId, budget);
            if (site?.IsMissing is true) return Ended(503, OutcomeReason.SiteMissing, site);
            if (site is { Problem: not null } or { Secret: null }) return Ended(503, OutcomeReason.SiteSettings, site);
            if (IsEncoded(context.Request.Headers.ContentEncoding)) return Ended(415, OutcomeReason.ContentEncoding, site);

            stage = OutcomeReason.Internal;
            var head = DeliveryVerifier.VerifyHead(context.Request, site, options, _clock.GetUtcNow(), out var wrongTimes);
            authentic = head is Verification.Authentic;
            var verification = head ?? Verification.NoCredential;

            // A body signature is hashed even where the scheme needs none: otherwise the response time would show which sites and schemes exist. The
            // bytes are kept only if the scheme needs the signature or the token is valid.
            var keep = head is null or Verification.Authentic;
            if (keep || DeliveryVerifier.HasBodySignature(context.Request))
            {
                stage = OutcomeReason.BrokenBody;
                var readSince = _clock.GetTimestamp();
                LiftServerLimit(context);
                var hash = authentic ? null : DeliveryVerifier.BeginBody(context.Request, head is null ? site : null);
                var rules = new BodyRules(Memory, options.MaxBodyBytes, keep) { Verified = authentic, Declared = context.Request.ContentLength, Hash = hash };
                switch (await body.ReadAsync(context.Request.BodyReader, rules, budget))
                {
                    case BodyRead.TooLarge: return Ended(413, OutcomeReason.BodyTooLarge, site) with { Authentic = authentic };
                    case BodyRead.NoRoom: return Ended(503, OutcomeReason.NoRoom, site) with { Authentic = authentic };
                    case BodyRead.Late: return Ended(503, LateReason(_clock.GetElapsedTime(readSince) - body.Waited), site) with { Authentic = authentic };
                }

                stage = OutcomeReason.Internal;
                if (head is null) verification = DeliveryVerifier.VerifyBody(context.Request, hash!, body.Memory.Span, site!);
                else if (hash is not null) DeliveryVerifier.VerifyNothing(context.Request, hash);
            }

            authentic = verification is Verification.Authentic;
            if (!authentic) return (site is null ? RefusedWithoutSite(verification, siteId) : Refused(verification, site)) with { WrongTimes = wrongTimes };

            var message = DeliveryDescriber.Describe(site!, DeliveryHeaders.Of(context.Request.Headers), body.Memory);

            // Only mark the message: the registration that created this webhook may not be in the table yet (docs/jira-behaviour.md#unknown-webhooks).
            if (site!.HasApi && message.WebhookIds is { } ids && await known.AreUnknownAsync(site.Id, ids, budget)) message = message with { UnknownWebhook = true };

            stage = OutcomeReason.Publisher;
            await PublishAsync(message, body, budget);
            activity.Accept(site.Id);
            return Ended(200, OutcomeReason.Accepted, site) with
            {
                SiteMismatch = message.SiteMismatch,
                Unparsed = message.Unparsed,
                EventMissing = message.EventMissing,
                UnknownWebhook = message.UnknownWebhook,
            };
        }
        catch (Exception failure)
        {
            return stage is OutcomeReason.BrokenBody
                ? BodyFailed(failure, context, site) with { Authentic = authentic }
                : Ended(503, budget.IsCancellationRequested ? OutcomeReason.Budget : stage, site) with { Cause = failure, Authentic = authentic };
        }
    }

    private async ValueTask<Site?> FindAsync(string siteId, CancellationToken budget)
    {
        var find = sites.FindAsync(siteId, budget);
        return find.IsCompletedSuccessfully ? find.Result : await find.AsTask().WaitAsync(budget);
    }

    // A token that is valid in all but its times may be a late retry, or our clock may be wrong: a 401 would lose the event. The same applies if an
    // old copy of the secret does not verify the token and a newer secret, if any, cannot be read now, or if the previous secret is not known.
    private static Outcome Refused(Verification verification, Site site) => verification switch
    {
        Verification.WrongTimes => Ended(503, verification.Reason(), site) with { Authentic = true },
        Verification.BadSignature or Verification.BadClaims when site.IsStale => Ended(503, OutcomeReason.SiteStore, site),
        Verification.BadSignature when site.SecretProblem is not null => Ended(503, OutcomeReason.SecretUnresolved, site),
        _ => Ended(401, verification.Reason(), site) with { Authentic = verification.IsSigned() },
    };

    // The row of a site can be lost, and a 401 would lose its events. Without the app's secrets, that cannot be told. The id becomes a tag and a row
    // only if the store records it.
    private Outcome RefusedWithoutSite(Verification verification, string siteId)
    {
        if (sites.IsErased(siteId)) return new(401, OutcomeReason.SiteErased);
        if (verification is Verification.BadSignature) return new(503, OutcomeReason.SecretUnresolved);
        if (verification is not Verification.MissingSite) return new(401, verification.Reason());

        return new(503, OutcomeReason.SiteMissing) { Site = sites.NoteMissing(siteId) ? siteId : null, Authentic = true };
    }

    private static Outcome Ended(int status, OutcomeReason reason, Site? site) => new(status, reason) { Site = site?.Id };
}
