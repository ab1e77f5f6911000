using LocalHost.Functions;
using LocalHost.Hosting;

namespace EndToEnd.Tests;

public sealed class FunctionKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("key").FullName;

    private string Path => System.IO.Path.Combine(_folder, ".local", "key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_TheFirstTime_MakesARandomKeyForItsOwnerAlone()
    {
        var key = FunctionKey.Load(Path);

        Assert.Matches("^[0-9a-f]{64}$", key.Value);
        Assert.NotEqual(FunctionKey.New().Value, key.Value);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.DoesNotContain(key.Value, $"{key}", StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Again_GivesTheSameKey() => Assert.Equal(FunctionKey.Load(Path).Value, FunctionKey.Load(Path).Value);

    [Fact]
    public void Load_ByManyAtOnce_GivesOneKeyAndLeavesOneFile()
    {
        var keys = new string[32];
        Parallel.For(0, keys.Length, number => keys[number] = FunctionKey.Load(Path).Value);

        Assert.Single(keys.Distinct());
        Assert.Equal(Path, Assert.Single(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("short")]
    public void Load_OfAFileWithoutAKey_SaysSoInASentence(string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, content);

        Assert.StartsWith($"{Path} does not contain a key", Assert.Throws<LocalHostException>(() => FunctionKey.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhereNoFolderCanBe_SaysSoInASentence()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder, ".local"), "");

        Assert.Contains("cannot be read or created", Assert.Throws<LocalHostException>(() => FunctionKey.Load(Path)).Message, StringComparison.Ordinal);
    }
}
