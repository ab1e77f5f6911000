namespace FunctionsApp.Tests;

public sealed class StartTests
{
    /// <summary>The real entry point: invalid settings are reported in one line that says how to fix them, without a stack trace.</summary>
    [Fact]
    public void Main_WithWrongSettings_NamesThemAllAndEndsWith1()
    {
        using var output = new StringWriter();
        var error = Console.Error;
        Console.SetError(output);
        try
        {
            var code = typeof(ReceiveDelivery).Assembly.EntryPoint!.Invoke(null, [new[] { "--PublicBaseUrl=ftp://user:hunter2@example.com", "--Publisher=Pigeon" }]);

            Assert.Equal(1, code);
        }
        finally
        {
            Console.SetError(error);
        }

        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^Error: the settings are invalid: PublicBaseUrl [^;]+; Publisher [^;]+; AzureWebJobsStorage[^;]+; .*RefreshSchedule [^;]+; PollSchedule [^;.]+$", line);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }
}
