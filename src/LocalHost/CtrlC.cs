namespace LocalHost;

/// <summary>Whoever ends a command by hand wants nothing more to read.</summary>
internal static class CtrlC
{
    // What shells make of a program that SIGINT has ended.
    private const int ExitCode = 130;

    /// <summary>The exit code of <paramref name="command"/>, or that of Ctrl-C when it was cancelled.</summary>
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
