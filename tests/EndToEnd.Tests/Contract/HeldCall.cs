namespace EndToEnd.Tests.Contract;

/// <summary>A call to Jira that waits until this is disposed.</summary>
internal sealed class HeldCall(string path) : IDisposable
{
    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path => path;

    /// <summary>Ends when the call has come.</summary>
    public Task Come => _come.Task;

    public Task WaitAsync()
    {
        _come.TrySetResult();
        return _released.Task;
    }

    public void Dispose() => _released.TrySetResult();
}
