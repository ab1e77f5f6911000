using JiraWebhooks.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp;

/// <summary>OAuth 2.0 onboarding in a browser. The start requires a function key; the later calls are protected by the state, bound to the browser.</summary>
public sealed class ConnectSites(OAuthOnboarding onboarding)
{
    /// <summary>Sends the browser to Atlassian.</summary>
    [Function("OAuthStart")]
    public Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = OAuthOnboarding.StartRoute)] HttpRequest request, CancellationToken cancellationToken) =>
        onboarding.StartAsync(request, cancellationToken);

    /// <summary>Receives the browser with the code.</summary>
    [Function("OAuthCallback")]
    public Task<IResult> CallbackAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = OAuthOnboarding.CallbackRoute)] HttpRequest request, CancellationToken cancellationToken) =>
        onboarding.CallbackAsync(request, cancellationToken);

    /// <summary>Receives the chosen sites.</summary>
    [Function("OAuthSites")]
    public Task<IResult> ChooseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = OAuthOnboarding.ChoiceRoute)] HttpRequest request, CancellationToken cancellationToken) =>
        onboarding.ChooseAsync(request, cancellationToken);
}
