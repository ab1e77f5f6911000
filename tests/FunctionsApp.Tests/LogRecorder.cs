using JiraWebhooks.Deliveries;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsApp.Tests;

/// <summary>Keeps what the receiver logs, with exceptions as a provider would write them.</summary>
internal sealed class LogRecorder : ILoggerProvider, ILogger
{
    public List<(LogLevel Level, string Text)> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => categoryName == typeof(DeliveryReceiver).FullName ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((logLevel, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}
