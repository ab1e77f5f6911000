namespace JiraWebhooks.Runs;

/// <summary>A run of a timer failed at every site. Thrown at its end, so that the host records the invocation as failed.</summary>
/// <param name="message">The sites that failed, in one sentence.</param>
internal sealed class TimerRunException(string message) : Exception(message);
