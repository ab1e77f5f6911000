namespace JiraWebhooks.Subscriptions;

/// <summary>A piece of JQL: a word, a quoted text, a sign, or what cannot be read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; of a quoted text what is between the quotes.</param>
internal readonly record struct JqlToken(JqlTokenKind Kind, string Text)
{
    private const string Signs = "()=!<>~,";

    /// <summary>True for a word or a quoted text: a field's name or a value.</summary>
    public bool IsText => Kind is JqlTokenKind.Word or JqlTokenKind.Quoted;

    /// <summary>True for the word or sign <paramref name="text"/>. A quoted word is never a keyword.</summary>
    public bool Is(string text) => Kind is JqlTokenKind.Word or JqlTokenKind.Sign && string.Equals(Text, text, StringComparison.OrdinalIgnoreCase);

    /// <summary>All of <paramref name="jql"/>, each character looked at once.</summary>
    public static Queue<JqlToken> Read(string jql)
    {
        var tokens = new Queue<JqlToken>();
        for (var at = 0; at < jql.Length;)
        {
            if (char.IsWhiteSpace(jql[at]))
            {
                at++;
                continue;
            }

            var (kind, length) = jql[at] switch
            {
                '"' or '\'' => (JqlTokenKind.Quoted, QuotedLength(jql, at)),
                var sign when Signs.Contains(sign) => (JqlTokenKind.Sign, SignLength(jql, at)),
                _ => (JqlTokenKind.Word, WordLength(jql, at)),
            };
            if (length == 0)
            {
                tokens.Enqueue(new JqlToken(JqlTokenKind.Unreadable, jql[at..]));
                break;
            }

            tokens.Enqueue(new JqlToken(kind, kind is JqlTokenKind.Quoted ? jql[(at + 1)..(at + length - 1)] : jql[at..(at + length)]));
            at += length;
        }

        return tokens;
    }

    // 0 when the quote never ends.
    private static int QuotedLength(string jql, int start)
    {
        for (var at = start + 1; at < jql.Length; at++)
        {
            if (jql[at] == '\\') at++;
            else if (jql[at] == jql[start]) return at + 1 - start;
        }

        return 0;
    }

    private static int SignLength(string jql, int start) =>
        start + 1 < jql.Length && jql.AsSpan(start, 2) is "!=" or "!~" or "<=" or ">=" ? 2 : 1;

    // Square brackets belong to a word, with all that is between them, as in issue.property[a key].path; 0 when one is not closed.
    private static int WordLength(string jql, int start)
    {
        var at = start;
        while (at < jql.Length && !char.IsWhiteSpace(jql[at]) && !Signs.Contains(jql[at]) && jql[at] is not ('"' or '\''))
        {
            if (jql[at] == '[' && (at = jql.IndexOf(']', at)) < 0) return 0;
            at++;
        }

        return at - start;
    }
}

/// <summary>Kinds of <see cref="JqlToken"/>.</summary>
internal enum JqlTokenKind
{
    /// <summary>There is no more; the default.</summary>
    End,

    /// <summary>A name, number, keyword or value without quotes.</summary>
    Word,

    /// <summary>A text in quotes.</summary>
    Quoted,

    /// <summary>A bracket, a comma or an operator.</summary>
    Sign,

    /// <summary>The rest, from a quote or square bracket that is never closed.</summary>
    Unreadable,
}
