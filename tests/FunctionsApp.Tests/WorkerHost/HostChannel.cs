using System.Collections.Concurrent;
using FunctionsApp.Tests.WorkerHost.Rpc;
using Grpc.Core;

namespace FunctionsApp.Tests.WorkerHost;

/// <summary>The host's side of the one stream between host and worker: asks, and hands out the answers by request id.</summary>
internal sealed class HostChannel : FunctionRpc.FunctionRpcBase, IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _writing = new(1);
    private IServerStreamWriter<StreamingMessage>? _worker;

    /// <summary>What the worker has logged through the host.</summary>
    public ConcurrentQueue<RpcLog> Logs { get; } = new();

    /// <summary>Ends when the worker has called.</summary>
    public Task Started => _started.Task;

    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        _worker = responseStream;
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                if (message.ContentCase is StreamingMessage.ContentOneofCase.StartStream) _started.TrySetResult();
                else if (message.ContentCase is StreamingMessage.ContentOneofCase.RpcLog) Logs.Enqueue(message.RpcLog);
                else if (_asked.TryRemove(message.RequestId, out var answer)) answer.TrySetResult(message);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The process has ended.
        }
        finally
        {
            await _gone.CancelAsync();
        }
    }

    /// <summary>The worker's answer; cancelled when it has gone without one.</summary>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question, CancellationToken cancellationToken)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[question.RequestId] = answer;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token, cancellationToken);
        await TellAsync(question);
        return await answer.Task.WaitAsync(either.Token);
    }

    /// <summary>Sends what has no answer.</summary>
    public async Task TellAsync(StreamingMessage message)
    {
        await _writing.WaitAsync();
        try
        {
            await _worker!.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _gone.Dispose();
        _writing.Dispose();
    }
}
