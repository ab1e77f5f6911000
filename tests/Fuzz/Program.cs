using Fuzz;
using SharpFuzz;

if (args is not [var name, ..] || !FuzzTargets.All.TryGetValue(name, out var target))
{
    Console.Error.WriteLine($"Fuzz TARGET [FILE]: runs one file, or what afl-fuzz sends (tests/fuzz.sh). Targets: {string.Join(", ", FuzzTargets.All.Keys)}.");
    return 1;
}

if (args is [_, var file])
{
    target(File.ReadAllBytes(file));
    return 0;
}

Fuzzer.OutOfProcess.Run(stream =>
{
    using var input = new MemoryStream();
    stream.CopyTo(input);
    target(input.ToArray());
});
return 0;
