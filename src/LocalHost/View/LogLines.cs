using LocalHost.Hosting;

namespace LocalHost.View;

/// <summary>The log of a terminal. While the dashboard runs, it shows the last lines itself, because any other output breaks it; before and
/// after, the lines go to standard error.</summary>
internal sealed class LogLines(TimeProvider clock) : ILoggerProvider
{
    private const int Kept = 5;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private bool _shown;

    /// <summary>The last lines, the oldest first.</summary>
    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_lock) return [.. _last];
        }
    }

    /// <summary>Keeps the lines for a view, which shows <see cref="Last"/>, until the result is disposed.</summary>
    public IDisposable Show()
    {
        _shown = true;
        return new Hidden(this);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        lock (_lock)
        {
            _last.Enqueue($"{clock.GetUtcNow():HH:mm:ss} {line}");
            if (_last.Count > Kept) _last.Dequeue();
        }

        if (!_shown) Console.Error.WriteLine(line);
    }

    private sealed class Hidden(LogLines lines) : IDisposable
    {
        public void Dispose() => lines._shown = false;
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!OneLineFormatter.IsToldElsewhere(category, eventId)) lines.Add(OneLineFormatter.Text(logLevel, state, exception, formatter));
        }
    }
}
