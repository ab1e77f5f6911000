namespace JiraWebhooks.Api;

/// <summary>A change of sites that cannot be made. The message is for whoever asked, and names what to do about it.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">One sentence, without secrets.</param>
public sealed class SiteChangeException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status: 400, 404, 409 or 412.</summary>
    public int Status => status;
}
