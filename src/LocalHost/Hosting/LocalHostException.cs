namespace LocalHost.Hosting;

/// <summary>This host cannot run as requested; the message gives the reason and the fix in one sentence.</summary>
public sealed class LocalHostException(string message) : Exception(message);
