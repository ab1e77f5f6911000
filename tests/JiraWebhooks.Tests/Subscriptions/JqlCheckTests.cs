using System.Diagnostics;
using CsCheck;
using JiraWebhooks.Subscriptions;

namespace JiraWebhooks.Tests.Subscriptions;

/// <summary>Whatever is written as a filter, the check answers, and soon.</summary>
public sealed class JqlCheckTests
{
    private static readonly string[] Pieces =
    [
        "project", "=", "!=", "~", "in", "not", "and", "or", "order", "by", "is", "was", "(", ")", ",", "\"", "'", "\\", "[", "]", "!", "A", "cf[1]", " ", "\n", "é",
    ];

    private static readonly Gen<string> Piece = Gen.Int[0, Pieces.Length - 1].Select(number => Pieces[number]);

    [Fact]
    public void Problem_AnyText_IsAnswered_Rule3() => Gen.String.Sample(text => _ = JqlCheck.Problem(text));

    [Fact]
    public void Problem_AnyMixtureOfPieces_IsAnswered_Rule3() => Piece.Array[0, 40].Sample(pieces => _ = JqlCheck.Problem(string.Concat(pieces)));

    [Fact]
    public void Problem_LongRepetition_IsAnsweredSoon_Rule3() =>
        Gen.Select(Piece.Array[0, 6], Piece.Array[1, 5], Piece.Array[0, 4]).Sample((before, repeated, after) =>
        {
            var part = string.Concat(repeated);
            var text = string.Concat(before) + string.Concat(Enumerable.Repeat(part, 5_000 / part.Length)) + string.Concat(after);
            var watch = Stopwatch.StartNew();

            _ = JqlCheck.Problem(text);

            // Well below a millisecond when nothing else runs; a check that tries again and again takes ages.
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"It took {watch.Elapsed}.");
        });
}
