using BenchmarkDotNet.Running;
using JiraWebhooks.Benchmarks.Load;

// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- load [rounds] [seconds]   throughput against bare Kestrel and Octokit
// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- --filter '*'              BenchmarkDotNet
switch (args)
{
    case ["load", .. var numbers]:
        var rounds = numbers.Length > 0 ? int.Parse(numbers[0]) : 5;
        var seconds = numbers.Length > 1 ? double.Parse(numbers[1]) : 2;
        return await LoadRun.RunAsync(rounds, TimeSpan.FromSeconds(seconds));
    case ["server"]:
        return await LoadServer.RunAsync();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
