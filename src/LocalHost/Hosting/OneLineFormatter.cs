using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LocalHost.Hosting;

/// <summary>Formats a log entry as one line. Of an exception it shows the type and the first line: while storage is unavailable, every delivery
/// would otherwise fill the terminal with the same stack traces.</summary>
internal sealed class OneLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "one-line";

    /// <summary>Returns the entry without its category.</summary>
    public static string Text<TState>(LogLevel level, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        if (exception is not null)
        {
            var cause = exception is AggregateException { InnerException: { } inner } ? inner : exception;
            text = $"{text} {cause.GetType().Name}: {cause.Message.Split('\n')[0]}";
        }

        return $"{Level(level)}: {text.ReplaceLineEndings(" ").Trim()}";
    }

    /// <summary>True for the entry about a failed start: <see cref="LocalApp.StartAsync"/> reports it in a sentence.</summary>
    public static bool IsToldElsewhere(string category, EventId id) => category == "Microsoft.Extensions.Hosting.Internal.Host" && id.Id == 11;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (!IsToldElsewhere(logEntry.Category, logEntry.EventId)) textWriter.WriteLine(Text(logEntry.LogLevel, logEntry.State, logEntry.Exception, logEntry.Formatter));
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
