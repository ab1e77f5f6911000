namespace JiraWebhooks.Publishing;

/// <summary>The bus rejects messages until an error is fixed: the topic is missing, disabled or full. Temporary failures are thrown unchanged.</summary>
/// <param name="message">The error, in one sentence.</param>
/// <param name="cause">The exception of the bus client.</param>
internal sealed class PublishFailedException(string message, Exception cause) : Exception(message, cause);
