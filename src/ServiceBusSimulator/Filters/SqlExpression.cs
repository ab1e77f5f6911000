using System.Globalization;

namespace ServiceBusSimulator.Filters;

/// <summary>A condition that is true, false or unknown (null).</summary>
internal abstract record SqlExpression
{
    public abstract bool? IsTrue(Func<string, object?> property);
}

internal sealed record And(SqlExpression Left, SqlExpression Right) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => Left.IsTrue(property) & Right.IsTrue(property);
}

internal sealed record Or(SqlExpression Left, SqlExpression Right) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => Left.IsTrue(property) | Right.IsTrue(property);
}

internal sealed record Not(SqlExpression Inner) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => !Inner.IsTrue(property);
}

internal sealed record IsNull(SqlOperand Operand) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => Operand.Value(property) is null;
}

internal sealed record Equal(SqlOperand Left, SqlOperand Right) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => SqlOperand.AreEqual(Left.Value(property), Right.Value(property));
}

internal sealed record In(SqlOperand Operand, IReadOnlyList<SqlOperand> Values) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property)
    {
        var value = Operand.Value(property);
        return Values.Aggregate((bool?)false, (found, item) => found | SqlOperand.AreEqual(value, item.Value(property)));
    }
}

/// <summary>A comparison with a pattern, in which <c>%</c> stands for any characters and <c>_</c> for one.</summary>
internal sealed record Like(SqlOperand Operand, string Pattern, char? Escape) : SqlExpression
{
    public override bool? IsTrue(Func<string, object?> property) => Operand.Value(property) switch
    {
        null => null,
        string text => IsMatch(text, 0, 0),
        _ => false,
    };

    private bool IsMatch(string text, int at, int pattern)
    {
        while (pattern < Pattern.Length)
        {
            var sign = Pattern[pattern];
            if (sign == '%')
            {
                for (var end = at; end <= text.Length; end++)
                {
                    if (IsMatch(text, end, pattern + 1)) return true;
                }

                return false;
            }

            var isLiteral = sign == Escape && pattern + 1 < Pattern.Length;
            if (isLiteral) sign = Pattern[++pattern];
            if (at == text.Length || ((isLiteral || sign != '_') && text[at] != sign)) return false;

            at++;
            pattern++;
        }

        return at == text.Length;
    }
}

/// <summary>A constant, or a property of the message.</summary>
internal sealed record SqlOperand(string? Name, object? Constant)
{
    public object? Value(Func<string, object?> property) => Name is null ? Constant : property(Name);

    /// <summary>Compares two values as the service does: numbers by their value, texts by their characters; with null the result is unknown.</summary>
    public static bool? AreEqual(object? left, object? right)
    {
        if (left is null || right is null) return null;
        if (IsNumber(left) && IsNumber(right)) return Convert.ToDouble(left, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(right, CultureInfo.InvariantCulture));
        return left.Equals(right);
    }

    private static bool IsNumber(object value) => value is byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal;
}
