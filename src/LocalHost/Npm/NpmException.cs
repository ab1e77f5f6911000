namespace LocalHost.Npm;

/// <summary>Packages cannot be installed; the message gives the reason and the fix.</summary>
internal sealed class NpmException(string message, Exception? innerException = null) : Exception(message, innerException);
