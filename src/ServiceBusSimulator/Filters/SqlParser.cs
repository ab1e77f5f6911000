using System.Globalization;

namespace ServiceBusSimulator.Filters;

/// <summary>Parses a filter by recursive descent: OR, AND, NOT, comparison.</summary>
internal sealed class SqlParser(string text)
{
    private static readonly string[] Keywords = ["AND", "OR", "NOT", "IN", "IS", "LIKE", "ESCAPE", "NULL", "EXISTS"];

    private readonly List<SqlToken> _tokens = SqlToken.Split(text);
    private int _at;

    private SqlToken Current => _tokens[_at];

    public SqlExpression Parse()
    {
        var expression = Or();
        return Current.Kind is SqlTokenKind.End ? expression : throw Unexpected("the end, AND or OR");
    }

    private SqlExpression Or()
    {
        var left = And();
        while (Accept("OR")) left = new Or(left, And());
        return left;
    }

    private SqlExpression And()
    {
        var left = Unary();
        while (Accept("AND")) left = new And(left, Unary());
        return left;
    }

    private SqlExpression Unary()
    {
        if (Accept("NOT")) return new Not(Unary());
        if (!AcceptSign("(")) return Comparison();

        var inner = Or();
        return AcceptSign(")") ? inner : throw Unexpected(")");
    }

    private SqlExpression Comparison()
    {
        var operand = Operand();
        if (AcceptSign("=")) return new Equal(operand, Operand());
        if (AcceptSign("<>")) return new Not(new Equal(operand, Operand()));
        if (Accept("IS"))
        {
            var isNot = Accept("NOT");
            if (!Accept("NULL")) throw Unexpected("NULL");
            return isNot ? new Not(new IsNull(operand)) : new IsNull(operand);
        }

        var negated = Accept("NOT");
        if (Accept("IN")) return Negated(negated, new In(operand, List()));
        if (Accept("LIKE")) return Negated(negated, Pattern(operand));
        throw Unexpected("=, <>, IN, LIKE or IS");
    }

    private static SqlExpression Negated(bool negated, SqlExpression expression) => negated ? new Not(expression) : expression;

    private List<SqlOperand> List()
    {
        if (!AcceptSign("(")) throw Unexpected("(");

        var values = new List<SqlOperand> { Operand() };
        while (AcceptSign(",")) values.Add(Operand());
        return AcceptSign(")") ? values : throw Unexpected(", or )");
    }

    private Like Pattern(SqlOperand operand)
    {
        var pattern = Text("a pattern in quotes");
        if (!Accept("ESCAPE")) return new Like(operand, pattern, null);

        var escape = Text("one character in quotes");
        return escape.Length == 1 ? new Like(operand, pattern, escape[0]) : throw new FormatException($"ESCAPE needs one character, before position {Current.Position}.");
    }

    private string Text(string expected) => Current.Kind is SqlTokenKind.Text ? _tokens[_at++].Text : throw Unexpected(expected);

    private SqlOperand Operand()
    {
        var token = Current;
        switch (token.Kind)
        {
            case SqlTokenKind.Text:
                _at++;
                return new SqlOperand(null, token.Text);
            case SqlTokenKind.Number:
                _at++;
                return new SqlOperand(null, Number(token.Text));
            case SqlTokenKind.Name when token.Is("TRUE") || token.Is("FALSE"):
                _at++;
                return new SqlOperand(null, token.Is("TRUE"));
            case SqlTokenKind.Name when token.IsQuoted || !Keywords.Contains(token.Text, StringComparer.OrdinalIgnoreCase):
                _at++;
                if (Current.IsSign("(")) throw new FormatException($"The function {token.Text} at position {token.Position} is not simulated.");
                return new SqlOperand(token.Text.StartsWith("user.", StringComparison.OrdinalIgnoreCase) ? token.Text[5..] : token.Text, null);
            default:
                throw Unexpected("a property, a text, a number, TRUE or FALSE");
        }
    }

    private static object Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? whole : double.Parse(text, CultureInfo.InvariantCulture);

    private bool Accept(string keyword)
    {
        if (!Current.Is(keyword)) return false;

        _at++;
        return true;
    }

    private bool AcceptSign(string sign)
    {
        if (!Current.IsSign(sign)) return false;

        _at++;
        return true;
    }

    private FormatException Unexpected(string expected)
    {
        var found = Current.Kind is SqlTokenKind.End ? "the end" : $"'{Current.Text}'";
        return new FormatException($"The filter has {found} at position {Current.Position} where {expected} is expected.");
    }
}
