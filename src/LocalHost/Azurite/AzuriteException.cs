namespace LocalHost.Azurite;

/// <summary>The storage emulator cannot run here; the message says why, and how to mend it, in one sentence.</summary>
public sealed class AzuriteException(string message, Exception? innerException = null) : Exception(message, innerException);
