using BenchmarkDotNet.Running;
using JiraWebhooks.Benchmarks.Load;
using JiraWebhooks.Benchmarks.Worker;

// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- load [rounds] [seconds]   throughput against bare Kestrel, Octokit, Express and webhook
// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- bus [rounds] [seconds]    deliveries through the SDK of Service Bus
// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- start [runs]              start of the worker against an empty app
// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- memory [heap limit, MB]   memory of the worker with large bodies
// dotnet run -c Release --project benchmarks/JiraWebhooks.Benchmarks -- --filter '*'              BenchmarkDotNet
switch (args)
{
    case ["load" or "bus", .. var numbers]:
        var rounds = numbers.Length > 0 ? int.Parse(numbers[0]) : 5;
        var duration = TimeSpan.FromSeconds(numbers.Length > 1 ? double.Parse(numbers[1]) : 2);
        return await (args[0] == "load" ? LoadRun.RunAsync(rounds, duration) : BusRun.RunAsync(rounds, duration));
    case ["start", .. var runs]:
        return await StartRun.RunAsync(runs.Length > 0 ? int.Parse(runs[0]) : 10);
    case ["memory", .. var limit]:
        return await MemoryRun.RunAsync(limit.Length > 0 ? int.Parse(limit[0]) : null);
    case ["server", .. var bus]:
        return await LoadServer.RunAsync(bus);
    case ["bus-server"]:
        return await BusRun.ServeAsync();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(LoadRun).Assembly).Run(args);
        return 0;
}
