using System.Globalization;

namespace ServiceBusSimulator.Filters;

internal enum SqlTokenKind
{
    End,
    Name,
    Text,
    Number,
    Sign,
}

/// <summary>A part of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Name, sign, or the content of a text.</param>
/// <param name="Position">Where it begins, from 1.</param>
/// <param name="IsQuoted">True for a name in brackets or quotes, which is no keyword.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, int Position, bool IsQuoted = false)
{
    /// <summary>Splits an expression.</summary>
    /// <exception cref="FormatException">It contains something else than names, constants and known signs.</exception>
    public static List<SqlToken> Split(string text)
    {
        var tokens = new List<SqlToken>();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at])) at++;
            else tokens.Add(Next(text, ref at));
        }

        tokens.Add(new SqlToken(SqlTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    public bool Is(string keyword) => Kind is SqlTokenKind.Name && !IsQuoted && string.Equals(Text, keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSign(string sign) => Kind is SqlTokenKind.Sign && Text == sign;

    private static SqlToken Next(string text, ref int at)
    {
        var start = at;
        var first = text[at];
        if (first == '\'') return new SqlToken(SqlTokenKind.Text, Quoted(text, ref at, '\''), start + 1);
        if (first == '[') return new SqlToken(SqlTokenKind.Name, Quoted(text, ref at, ']'), start + 1, IsQuoted: true);
        if (first == '"') return new SqlToken(SqlTokenKind.Name, Quoted(text, ref at, '"'), start + 1, IsQuoted: true);
        if (char.IsLetter(first) || first == '_') return new SqlToken(SqlTokenKind.Name, While(text, ref at, IsOfName), start + 1);
        if (char.IsAsciiDigit(first) || (first == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            at++;
            var number = first + While(text, ref at, sign => char.IsAsciiDigit(sign) || sign == '.');
            return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? new SqlToken(SqlTokenKind.Number, number, start + 1)
                : throw Unknown(number, start + 1);
        }

        at++;
        if (first is '(' or ')' or ',' or '=') return new SqlToken(SqlTokenKind.Sign, first.ToString(), start + 1);
        if (first == '<' && at < text.Length && text[at] == '>')
        {
            at++;
            return new SqlToken(SqlTokenKind.Sign, "<>", start + 1);
        }

        throw Unknown(first.ToString(), start + 1);
    }

    private static bool IsOfName(char sign) => char.IsLetterOrDigit(sign) || sign is '_' or '.';

    private static FormatException Unknown(string what, int position) => new($"{what} at position {position} is not simulated or not valid.");

    // The closing sign is written twice if it is part of the text.
    private static string Quoted(string text, ref int at, char close)
    {
        var start = ++at;
        while (at < text.Length)
        {
            if (text[at] != close) at++;
            else if (at + 1 < text.Length && text[at + 1] == close) at += 2;
            else return text[start..at++].Replace($"{close}{close}", $"{close}", StringComparison.Ordinal);
        }

        throw new FormatException($"The text or name that begins at position {start} does not end.");
    }

    private static string While(string text, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length && belongs(text[at])) at++;
        return text[start..at];
    }
}
