namespace JiraWebhooks.Api;

/// <summary>A site cannot be changed as requested. The message is for the caller and says what to do.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">One sentence, without secrets.</param>
internal sealed class SiteChangeException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status: 400, 404, 409 or 412.</summary>
    public int Status => status;
}
