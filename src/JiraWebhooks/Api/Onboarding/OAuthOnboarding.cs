using System.Text;
using JiraWebhooks.Hosting;
using JiraWebhooks.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace JiraWebhooks.Api;

/// <summary>OAuth 2.0 (3LO) onboarding in a browser: start, callback, choice of sites
/// (<see href="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/"/>).</summary>
public sealed partial class OAuthOnboarding(OAuthConsent consent, SiteAdmission admission, JiraWebhooksOptions options, ILogger<OAuthOnboarding> logger)
{
    /// <summary>Route of the first page; the host requires its key.</summary>
    public const string StartRoute = "oauth/start";

    /// <summary>Route that Atlassian sends the browser back to; the developer console must have it unchanged.</summary>
    public const string CallbackRoute = "oauth/callback";

    /// <summary>Route that the form of sites is posted to.</summary>
    public const string ChoiceRoute = "oauth/sites";

    // One cookie for each state: a person may have the pages open in several tabs.
    private const string CookiePrefix = "jira_oauth_";
    private const string Away = "Storage or the vault cannot be reached now.";

    // Anyone can send a form. This limit is enough for a form of more than a thousand sites.
    private const int MostFormBytes = 64 * 1024;

    /// <summary>GET oauth/start[?grant=NAME]: sends the browser to Atlassian.</summary>
    public Task<IResult> StartAsync(HttpRequest request, CancellationToken cancellationToken) => RunAsync(request, async () =>
    {
        var grant = request.Query["grant"].ToString();
        if (grant.Length > 0 && !GrantName.IsValid(grant)) throw new OnboardingException(400, $"{GrantName.Rule}.");

        var app = App();
        if (grant.Length > 0) await admission.EnsureOursAsync(grant, cancellationToken);

        var (state, browser) = (OAuthConsent.NewSecret(), OAuthConsent.NewSecret());
        var address = await consent.StartAsync(app, state, grant.Length > 0 ? grant : null, browser, cancellationToken);
        SetCookie(request, state, browser);
        return Results.Redirect(address.AbsoluteUri);
    });

    /// <summary>GET oauth/callback: exchanges the code and shows the sites.</summary>
    public Task<IResult> CallbackAsync(HttpRequest request, CancellationToken cancellationToken) => RunAsync(request, async () =>
    {
        var query = request.Query;
        var asked = query["state"].ToString();
        var given = await consent.FinishAsync(App(), asked, query["code"], query["error"], request.Cookies[CookieOf(asked)], cancellationToken);
        DeleteCookie(request, asked);
        var grant = await admission.SaveAsync(given, cancellationToken);
        var candidates = await admission.OfferAsync(grant, given.Sites, cancellationToken);
        if (candidates.Count == 0) throw new OnboardingException(409, "The grant reaches no Jira site. Start again and choose a site on Atlassian's page.");

        var (state, browser) = (OAuthConsent.NewSecret(), OAuthConsent.NewSecret());
        await consent.OfferAsync(state, grant, given.Sites, browser, cancellationToken);
        SetCookie(request, state, browser);
        return Page(200, OAuthPages.Choice(candidates, state, Address(ChoiceRoute)));
    });

    /// <summary>POST oauth/sites: adds the chosen sites.</summary>
    public Task<IResult> ChooseAsync(HttpRequest request, CancellationToken cancellationToken) => RunAsync(request, async () =>
    {
        if (!request.HasFormContentType) throw new OnboardingException(400, "This address takes the form of the page before it.");

        var hasCookie = request.Cookies.Keys.Any(name => name.StartsWith(CookiePrefix, StringComparison.Ordinal));
        var form = hasCookie ? await FormAsync(request, cancellationToken) : [];
        var state = form.GetValueOrDefault("state").ToString();
        var ticket = await consent.RedeemAsync(state, request.Cookies[CookieOf(state)], ofChoice: true, cancellationToken);
        var (grant, offered) = (ticket.Grant!, ticket.Sites!);

        var chosen = form.GetValueOrDefault("site").OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (chosen.Count == 0) throw new OnboardingException(400, "No site was chosen. Start again from the beginning.");
        if (!chosen.IsSubsetOf(offered.Select(site => site.Id))) throw new OnboardingException(400, "The consent does not reach a site that was chosen. Start again from the beginning.");

        var (done, failed) = (new List<string>(), new List<(int Status, string Sentence)>());
        foreach (var candidate in (await admission.OfferAsync(grant, offered, cancellationToken)).Where(candidate => chosen.Contains(candidate.CloudId)))
        {
            if (await AdmitAsync(candidate, grant, cancellationToken) is { } failure) failed.Add(failure);
            else done.Add(candidate.SiteId);
        }

        DeleteCookie(request, state);
        string[] next =
        [
            $"Connected: {string.Join(", ", done)}. The grant is kept under the name {grant}.",
            "Next: the daily refresh registers the webhooks. To have them now, call POST /api/sites/{site}/refresh for each site, or fire the function RefreshWebhooks.",
            "Webhooks belong to the person who consented. If that account is closed or access is withdrawn, Health says reconnect_required: come back here and consent again.",
        ];
        return failed.Count == 0
            ? Page(200, OAuthPages.Message("Connected", next))
            : Page(failed[0].Status, OAuthPages.Message(
                done.Count == 0 ? "Not connected" : "Not all connected",
                [.. failed.Select(failure => failure.Sentence), "Start again from the beginning for what is missing.", .. done.Count == 0 ? [] : next]));
    });

    private void SetCookie(HttpRequest request, string state, string browser) => request.HttpContext.Response.Cookies.Append(CookieOf(state), browser, new CookieOptions
    {
        HttpOnly = true,
        Secure = options.PublicBaseUrl.Scheme == Uri.UriSchemeHttps,

        // A Strict cookie is not sent with the redirect back from Atlassian.
        SameSite = SameSiteMode.Lax,
        MaxAge = OAuthConsent.Lifetime,
        Path = Address("oauth").AbsolutePath,
    });

    private void DeleteCookie(HttpRequest request, string state) =>
        request.HttpContext.Response.Cookies.Delete(CookieOf(state), new CookieOptions { Path = Address("oauth").AbsolutePath });

    // The name contains a part of the state's hash: a state is a secret of its request.
    private static string CookieOf(string state) => CookiePrefix + OAuthConsent.Hash(state)[..16];

    // An error of one site must not stop the others: the person has consented once, for all of them.
    private async Task<(int Status, string Sentence)?> AdmitAsync(Candidate candidate, string grant, CancellationToken cancellationToken)
    {
        try
        {
            await admission.AdmitAsync(candidate, grant, cancellationToken);
            Log.Connected(logger, candidate.SiteId, grant);
            return null;
        }
        catch (SiteChangeException wrong)
        {
            return (wrong.Status, $"Not connected: {candidate.SiteId}: {wrong.Message}");
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, error.GetType().Name);
            return (503, $"Not connected: {candidate.SiteId}: {Away}");
        }
    }

    private static async Task<Dictionary<string, StringValues>> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.ReadAsync(request, MostFormBytes, cancellationToken)
            ?? throw new OnboardingException(413, "This form is too long. Start again and choose fewer sites.");
        using var reader = new FormReader(Encoding.UTF8.GetString(body.Span));
        try
        {
            return await reader.ReadFormAsync(cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new OnboardingException(400, "This form has more fields than the page before it. Start again from the beginning.");
        }
    }

    private OAuthApp App() => options is { OAuthClientId: { } id, OAuthClientSecret: { } secret }
        ? new OAuthApp(id, secret, Address(CallbackRoute))
        : throw new OnboardingException(409, "OAuthClientId or OAuthClientSecret is missing or an unresolved Key Vault reference: set both, then start again.");

    private Uri Address(string route) => new($"{options.PublicBaseUrl.AbsoluteUri.TrimEnd('/')}/api/{route}");

    private async Task<IResult> RunAsync(HttpRequest request, Func<Task<IResult>> step)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";

        // The URLs contain a key, a code and a state.
        headers["Referrer-Policy"] = "no-referrer";
        try
        {
            return await step();
        }
        catch (OnboardingException wrong)
        {
            return Page(wrong.Status, OAuthPages.Message("Not connected", wrong.Message));
        }
        catch (SiteChangeException wrong)
        {
            return Page(wrong.Status, OAuthPages.Message("Not connected", wrong.Message));
        }
        catch (BrokenBodyException broken)
        {
            return Page(400, OAuthPages.Message("Not connected", broken.Message));
        }
        catch (Exception error) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(logger, error.GetType().Name);
            return Page(503, OAuthPages.Message("Not connected", $"{Away} Start again in a while."));
        }
    }

    private static IResult Page(int status, string html) => Results.Text(html, "text/html; charset=utf-8", statusCode: status);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Site {Site} was connected with grant {Grant}.")]
        public static partial void Connected(ILogger logger, string site, string grant);

        [LoggerMessage(2, LogLevel.Error, "Onboarding failed: {Error}.")]
        public static partial void Failed(ILogger logger, string error);
    }
}
