using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LocalHost.Hosting;

/// <summary>A log entry in one line. Of an exception there are the type and the first line: storage that is away would otherwise fill the terminal
/// with the same stack traces at every delivery.</summary>
internal sealed class OneLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "one-line";

    /// <summary>The entry without its category.</summary>
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

    /// <summary>True for the entry about a start that failed: <see cref="LocalApp.StartAsync"/> says so in a sentence.</summary>
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
