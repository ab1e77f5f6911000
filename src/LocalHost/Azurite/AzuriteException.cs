namespace LocalHost.Azurite;

/// <summary>The storage emulator cannot run here; the message gives the reason and the fix in one sentence.</summary>
public sealed class AzuriteException(string message, Exception? innerException = null) : Exception(message, innerException);
