namespace LocalHost;

/// <summary>Ends a command that is cancelled with Ctrl-C, without further output.</summary>
internal static class CtrlC
{
    // The exit code that shells use for a program that SIGINT has ended.
    private const int ExitCode = 130;

    /// <summary>Returns the exit code of <paramref name="command"/>, or that of Ctrl-C if it was cancelled.</summary>
    public static async Task<int> EndsAsync(Task<int> command, CancellationToken cancellationToken)
    {
        try
        {
            return await command;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode;
        }
    }
}
