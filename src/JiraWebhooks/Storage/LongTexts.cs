using Azure.Data.Tables;

namespace JiraWebhooks.Storage;

/// <summary>Texts that are longer than the limit of one property of a row.</summary>
internal static class LongTexts
{
    // A property holds 64 KB, which is 32 K characters (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model).
    private const int PieceLength = 30_000;

    /// <summary>Writes <paramref name="text"/> to the properties <paramref name="name"/>0, <paramref name="name"/>1 and so on.</summary>
    public static void SetText(this TableEntity row, string name, string text)
    {
        foreach (var (number, piece) in text.Chunk(PieceLength).Index()) row[$"{name}{number}"] = new string(piece);
    }

    /// <summary>Writes <paramref name="text"/> to the property <paramref name="name"/> if it fits, else as <see cref="SetText"/> does. The row must
    /// replace the stored one: merged, it would leave the other form there.</summary>
    public static void SetWholeText(this TableEntity row, string name, string text)
    {
        if (text.Length <= PieceLength) row[name] = text;
        else row.SetText(name, text);
    }

    /// <summary>Returns the text that <see cref="SetText"/> or <see cref="SetWholeText"/> has written, or an empty text.</summary>
    public static string GetText(this TableEntity row, string name)
    {
        var text = row.Text(name) ?? "";
        for (var number = 0; row.Text($"{name}{number}") is { } piece; number++) text += piece;
        return text;
    }
}
