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

    /// <summary>Returns the text that <see cref="SetText"/> has written, or an empty text.</summary>
    public static string GetText(this TableEntity row, string name)
    {
        var text = "";
        for (var number = 0; row.Text($"{name}{number}") is { } piece; number++) text += piece;
        return text;
    }
}
