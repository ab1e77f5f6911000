using Fuzz;

namespace JiraWebhooks.Tests.Fuzz;

/// <summary>The inputs from which fuzzing starts, and those that it has found. A crash becomes a file here.</summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.Combine(Repository.Root, "tests", "Fuzz", "Corpus");

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Run_EveryFileOfTheCorpus_HoldsItsRules(string target)
    {
        var files = Directory.GetFiles(Path.Combine(Corpus, target));

        Assert.True(files.Length >= 5, $"{target} has {files.Length} files.");
        Assert.All(files, file => FuzzTargets.All[target](File.ReadAllBytes(file)));
    }

    [Fact]
    public void Require_WhatDoesNotHold_Throws() => Assert.Throws<InvalidOperationException>(() => FuzzTargets.Require(false, "A rule."));
}
