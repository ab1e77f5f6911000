namespace LocalHost.Hosting;

/// <summary>This host cannot do what was asked; the message says why, and how to mend it, in one sentence.</summary>
public sealed class LocalHostException(string message) : Exception(message);
