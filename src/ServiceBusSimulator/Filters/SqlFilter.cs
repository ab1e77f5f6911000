namespace ServiceBusSimulator.Filters;

/// <summary>A SQL filter of a rule, in the part of Service Bus's language that the rules of this product use: <c>=</c>, <c>&lt;&gt;</c>, <c>LIKE</c>,
/// <c>IN</c>, <c>AND</c>, <c>OR</c>, <c>NOT</c>, <c>IS NULL</c> and parentheses
/// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter"/>). As there, a comparison with a property
/// that does not exist is unknown, and only true matches.</summary>
public sealed class SqlFilter
{
    private readonly SqlExpression _expression;

    private SqlFilter(string text, SqlExpression expression) => (Text, _expression) = (text, expression);

    /// <summary>The expression.</summary>
    public string Text { get; }

    /// <summary>Parses the expression.</summary>
    /// <exception cref="FormatException">It is invalid or uses something else; the message says at which position.</exception>
    public static SqlFilter Parse(string text) => new(text, new SqlParser(text).Parse());

    /// <summary>True if the filter matches.</summary>
    /// <param name="property">Returns the value of a property, or null: a name of an application property, or <c>sys.</c> and that of a system
    /// property.</param>
    public bool Matches(Func<string, object?> property) => _expression.IsTrue(property) is true;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
