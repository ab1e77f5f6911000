namespace JiraWebhooks.Api;

/// <summary>Onboarding cannot go on. The message is for the person at the browser.</summary>
/// <param name="status">HTTP status of the page.</param>
/// <param name="message">What happened and what to do, in a sentence or two, without secrets.</param>
public sealed class OnboardingException(int status, string message) : Exception(message)
{
    /// <summary>400 where the request is at fault, 409 where something must be done first, 502 where Atlassian is, 503 where we are.</summary>
    public int Status => status;

    /// <summary>True when the request is none of ours, so that the consent under way goes on.</summary>
    public bool IsForeign { get; init; }
}
