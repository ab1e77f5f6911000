namespace JiraWebhooks.Tests.OAuth;

/// <summary>Waits that end where the clock is moved; Task.Delay ends on another thread when it is cancelled.</summary>
internal static class Hang
{
    public static async Task<T> WaitAsync<T>(TaskCompletionSource<T> answer, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), answer);
        return await answer.Task.ConfigureAwait(false);
    }

    public static Task<bool> UntilCancelledAsync(CancellationToken cancellationToken) => WaitAsync(new TaskCompletionSource<bool>(), cancellationToken);

    public static async Task ForAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>();
        await using var timer = clock.CreateTimer(_ => answer.TrySetResult(true), null, time, Timeout.InfiniteTimeSpan);
        await WaitAsync(answer, cancellationToken).ConfigureAwait(false);
    }
}
