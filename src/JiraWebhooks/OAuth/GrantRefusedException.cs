namespace JiraWebhooks.OAuth;

/// <summary>The authorization server rejected a refresh token or a code for good; a retry does not help.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="error">Atlassian's error code.</param>
internal sealed class GrantRefusedException(int status, string error)
    : Exception($"The authorization server answered {status} {error}.")
{
    /// <summary>HTTP status, 400 or 403.</summary>
    public int Status => status;

    /// <summary><c>invalid_grant</c> or <c>unauthorized_client</c>.</summary>
    public string Error => error;
}
