using System.Security.Cryptography;
using System.Text;
using JiraWebhooks.Hosting;
using JiraWebhooks.OAuth;

namespace JiraWebhooks.Api;

/// <summary>The OAuth app that asks for consent.</summary>
/// <param name="ClientId">Its client id.</param>
/// <param name="Secret">Its client secret.</param>
/// <param name="RedirectUri">Its callback URL, exactly as in the developer console.</param>
public sealed record OAuthApp(string ClientId, SiteSecret Secret, Uri RedirectUri);

/// <summary>The result of a consent.</summary>
/// <param name="Grant">The tokens.</param>
/// <param name="GrantName">The requested name of the grant, or null.</param>
/// <param name="Sites">The tenants that the tokens reach.</param>
public sealed record Consent(OAuthGrant Grant, string? GrantName, IReadOnlyList<AccessibleResource> Sites)
{
    /// <inheritdoc/>
    public override string ToString() => $"{nameof(Consent)} {{ Sites = {Sites.Count} }}";
}

/// <summary>One consent, from the authorization URL to the grant: OAuth 2.0 (3LO) with a state that is random, bound to the browser, valid for
/// ten minutes and usable once (RFC 6749 section 10.12, RFC 9700 section 4.7). The deployed app and the command <c>connect</c> share it.</summary>
public sealed class OAuthConsent(ITicketStore tickets, OAuthGrantClient client, JiraWebhooksOptions options, TimeProvider clock)
{
    /// <summary>The time that a person has to give consent.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string StartAgain = "Start again from the beginning.";

    /// <summary>Returns the authorization URL. <paramref name="state"/> identifies the request; <paramref name="browser"/> is the secret in the browser's
    /// cookie, null without a browser.</summary>
    public async Task<Uri> StartAsync(OAuthApp app, string state, string? grant, string? browser, CancellationToken cancellationToken)
    {
        await tickets.AddAsync(Hash(state), new Ticket(clock.GetUtcNow() + Lifetime) { Browser = browser is null ? null : Hash(browser), Grant = grant }, cancellationToken);
        return OAuthAuthorizeUrl.For(options.AtlassianAuthUrl, app.ClientId, app.RedirectUri, state);
    }

    /// <summary>Completes the consent with the values of the callback.</summary>
    /// <exception cref="OnboardingException">The state is unknown, belongs to another browser, is expired or used; consent was denied;
    /// the code is invalid; Atlassian is unavailable.</exception>
    public async Task<Consent> FinishAsync(OAuthApp app, string? state, string? code, string? error, string? browser, CancellationToken cancellationToken)
    {
        var ticket = await RedeemAsync(state, browser, ofChoice: false, cancellationToken);
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

    /// <summary>Returns the ticket of <paramref name="state"/> and deletes it. A ticket has one purpose: the callback, or the choice of sites.</summary>
    /// <exception cref="OnboardingException">There is no ticket, it has the other purpose, or it belongs to another browser.</exception>
    public async Task<Ticket> RedeemAsync(string? state, string? browser, bool ofChoice, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrEmpty(state) ? null : Hash(state);
        var ticket = id is null ? null : await tickets.PeekAsync(id, cancellationToken);

        // The answer is the same in all cases: a person who has guessed or stolen a state learns nothing and does not use it up.
        var mine = ticket is not null && ticket.Sites is not null == ofChoice && (ticket.Browser is null || (browser is not null && IsSame(Hash(browser), ticket.Browser)));
        if (!mine || ticket!.ExpiresAt <= clock.GetUtcNow() || !await tickets.TakeAsync(id!, cancellationToken))
        {
            throw new OnboardingException(400, $"This answer belongs to no request of this browser at this address, or it is too old or used already. {StartAgain}") { IsForeign = true };
        }

        return ticket;
    }

    /// <summary>Stores the sites to choose from under <paramref name="state"/>.</summary>
    public Task OfferAsync(string state, string grant, IReadOnlyList<AccessibleResource> sites, string browser, CancellationToken cancellationToken) =>
        tickets.AddAsync(Hash(state), new Ticket(clock.GetUtcNow() + Lifetime) { Browser = Hash(browser), Grant = grant, Sites = sites }, cancellationToken);

    /// <summary>256 random bits in hex.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static bool IsSame(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(other));

    /// <summary>SHA-256 in hex, for what must not be stored or shown itself.</summary>
    internal static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    // Anyone can write the error in the URL.
    private static string Shown(string? error) =>
        error is { Length: > 0 and <= 60 } && error.All(letter => char.IsAsciiLetterLower(letter) || letter == '_') ? error : "no reason given";
}
