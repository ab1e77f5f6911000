using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;
using JiraWebhooks.Sites;

namespace JiraWebhooks.Api;

/// <summary>The app that asks for consent.</summary>
/// <param name="ClientId">Its client id.</param>
/// <param name="Secret">Its client secret.</param>
/// <param name="RedirectUri">Its callback address, exactly as the developer console has it.</param>
public sealed record OAuthApp(string ClientId, SiteSecret Secret, Uri RedirectUri);

/// <summary>What a consent came to.</summary>
/// <param name="Grant">The tokens.</param>
/// <param name="GrantName">The name that was wanted for them, or null.</param>
/// <param name="Sites">The tenants they reach.</param>
public sealed record Consent(OAuthGrant Grant, string? GrantName, IReadOnlyList<AccessibleResource> Sites)
{
    /// <inheritdoc/>
    public override string ToString() => $"{nameof(Consent)} {{ Sites = {Sites.Count} }}";
}

/// <summary>One consent, from the address to open to the grant: OAuth 2.0 (3LO) with a state that is random, bound to the browser, works for
/// ten minutes and once (RFC 6749 section 10.12, RFC 9700 section 4.7). The deployed app and <c>connect</c> share it.</summary>
public sealed class OAuthConsent(ITicketStore tickets, OAuthGrantClient client, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>How long a person may take.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string StartAgain = "Start again from the beginning.";

    /// <summary>The address to open. <paramref name="browser"/> is the secret in the browser's cookie, or null where there is no browser yet.</summary>
    public async Task<Uri> StartAsync(OAuthApp app, string? grant, string? browser, CancellationToken cancellationToken)
    {
        var state = NewSecret();
        await tickets.AddAsync(Hash(state), new Ticket(clock.GetUtcNow() + Lifetime) { Browser = browser is null ? null : Hash(browser), Grant = grant }, cancellationToken);
        return OAuthAuthorizeUrl.For(options.AtlassianAuthUrl, app.ClientId, app.RedirectUri, state);
    }

    /// <summary>The consent that the browser brought back.</summary>
    /// <exception cref="OnboardingException">The state is not ours, not this browser's, too old or used; consent was refused; the code is worth nothing; Atlassian is away.</exception>
    public async Task<Consent> FinishAsync(OAuthApp app, string? state, string? code, string? error, string? browser, CancellationToken cancellationToken)
    {
        var ticket = await RedeemAsync(state, browser, cancellationToken);
        if (string.IsNullOrEmpty(code)) throw new OnboardingException(400, $"Atlassian gave no consent: {Shown(error)}. {StartAgain}");

        try
        {
            var grant = await client.ExchangeAsync(app.ClientId, app.Secret.Reveal(), code, app.RedirectUri, cancellationToken);
            return new Consent(grant, ticket.Grant, await client.AccessibleResourcesAsync(grant.AccessToken!, cancellationToken));
        }
        catch (GrantRefusedException refused)
        {
            throw new OnboardingException(400, $"{refused.Message} Check client id, client secret and callback URL. {StartAgain}");
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutException)
        {
            throw new OnboardingException(502, $"{away.Message} Check client id, client secret and callback URL. {StartAgain}");
        }
    }

    /// <summary>The ticket that <paramref name="state"/> stands for, taken away.</summary>
    /// <exception cref="OnboardingException">There is none, or it is somebody else's.</exception>
    public async Task<Ticket> RedeemAsync(string? state, string? browser, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrEmpty(state) ? null : Hash(state);
        var ticket = id is null ? null : await tickets.PeekAsync(id, cancellationToken);

        // One and the same answer: whoever has found or stolen a state learns nothing, and does not use it up.
        var mine = ticket is not null && (ticket.Browser is null || (browser is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(browser)), Encoding.ASCII.GetBytes(ticket.Browser))));
        if (!mine || ticket!.ExpiresAt <= clock.GetUtcNow() || !await tickets.TakeAsync(id!, cancellationToken))
        {
            throw new OnboardingException(400, $"This answer belongs to no request of this browser, or it is too old or used already. {StartAgain}") { IsForeign = true };
        }

        return ticket;
    }

    /// <summary>Keeps what there is to choose from, and gives the state that stands for it.</summary>
    public async Task<string> OfferAsync(string grant, IReadOnlyList<AccessibleResource> sites, string browser, CancellationToken cancellationToken)
    {
        var state = NewSecret();
        await tickets.AddAsync(Hash(state), new Ticket(clock.GetUtcNow() + Lifetime) { Browser = Hash(browser), Grant = grant, Sites = sites }, cancellationToken);
        return state;
    }

    /// <summary>256 random bits in hex.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    // What comes in the address is anybody's text.
    private static string Shown(string? error) =>
        error is { Length: > 0 and <= 60 } && error.All(letter => char.IsAsciiLetterLower(letter) || letter == '_') ? error : "no reason given";
}
