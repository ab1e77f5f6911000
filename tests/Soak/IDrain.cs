namespace Soak;

/// <summary>Takes the messages as a subscriber does.</summary>
internal interface IDrain : IAsyncDisposable
{
    /// <summary>Takes some messages; 0 if there are none now.</summary>
    Task<int> TakeAsync(CancellationToken cancellationToken);
}
