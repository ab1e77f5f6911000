namespace JiraWebhooks.Publishing;

/// <summary>The bus refuses, and will go on refusing until somebody mends it: a topic that is missing, disabled or full. Failures that pass
/// by themselves are thrown as they are.</summary>
/// <param name="message">What is wrong, in one sentence.</param>
/// <param name="cause">What the bus's own client threw.</param>
public sealed class PublishFailedException(string message, Exception cause) : Exception(message, cause);
