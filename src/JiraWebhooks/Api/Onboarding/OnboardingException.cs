namespace JiraWebhooks.Api;

/// <summary>Onboarding cannot continue. The message is for the person at the browser.</summary>
/// <param name="status">HTTP status of the page.</param>
/// <param name="message">What happened and what to do, in one or two sentences, without secrets.</param>
public sealed class OnboardingException(int status, string message) : Exception(message)
{
    /// <summary>400: the request is invalid. 409: another step must be done first. 502: Atlassian failed. 503: this app failed.</summary>
    public int Status => status;

    /// <summary>True if the request does not belong to the consent under way, which therefore continues.</summary>
    public bool IsForeign { get; init; }
}
