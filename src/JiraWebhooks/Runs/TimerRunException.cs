namespace JiraWebhooks.Runs;

/// <summary>A timer's run did no site any good. Thrown at its end, so that the host records the invocation as failed.</summary>
/// <param name="message">Which sites.</param>
public sealed class TimerRunException(string message) : Exception(message);
