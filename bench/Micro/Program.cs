// dotnet run -c Release --project bench/Micro -- --filter '*'      all; '*Table*' one group; --job short for a quick look
using BenchmarkDotNet.Running;
using Millrace.Bench.Micro;

BenchmarkSwitcher.FromAssembly(typeof(BatchBenchmarks).Assembly).Run(args);
