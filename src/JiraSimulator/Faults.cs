namespace JiraSimulator;

/// <summary>An error that the API returns instead of the answer.</summary>
/// <param name="Status">Status of the response; 0 drops the connection.</param>
/// <param name="Body">Body of the response.</param>
/// <param name="RetryAfter">Retry-After, if any.</param>
public sealed record Fault(int Status, string Body = "", string? RetryAfter = null)
{
    internal static readonly Fault AnswerLost = new(-1);
}

/// <summary>Errors on demand, of one site or of all.</summary>
public sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly List<(string Operation, Fault Fault)> _next = [];

    /// <summary>The time that every response takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>True: the token endpoint answers 503.</summary>
    public bool RefuseTokens { get; set; }

    /// <summary>The next <paramref name="times"/> calls of an operation (a part of "METHOD path") fail with <paramref name="status"/>.</summary>
    public void FailNext(string operation, int status, int times = 1, string? retryAfter = null, string body = "") =>
        Add(operation, new Fault(status, body, retryAfter), times);

    /// <summary>The next calls of an operation get no response.</summary>
    public void DropNext(string operation, int times = 1) => Add(operation, new Fault(0), times);

    /// <summary>The next call of an operation gets 200 with text that is not JSON.</summary>
    public void MalformNext(string operation) => Add(operation, new Fault(200, "<html>not what you asked for</html>"), 1);

    /// <summary>The next call of an operation takes effect, but its response is lost.</summary>
    public void LoseAnswerNext(string operation) => Add(operation, Fault.AnswerLost, 1);

    /// <summary>Removes all requested errors.</summary>
    public void Clear()
    {
        lock (_gate) _next.Clear();
    }

    internal Fault? Take(string operation)
    {
        lock (_gate)
        {
            var index = _next.FindIndex(next => operation.Contains(next.Operation, StringComparison.Ordinal));
            if (index < 0) return null;

            var fault = _next[index].Fault;
            _next.RemoveAt(index);
            return fault;
        }
    }

    private void Add(string operation, Fault fault, int times)
    {
        lock (_gate) _next.AddRange(Enumerable.Repeat((operation, fault), times));
    }
}
