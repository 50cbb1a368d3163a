using System.Globalization;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Processes;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>Measures all programs of one workload in turn: A B C A B C, so that drift of the machine hits all alike.</summary>
internal static class Comparison
{
    public static IReadOnlyList<Outcome> Run(Workload workload, Options options)
    {
        var contestants = new List<Contestant>();
        try
        {
            foreach (var engine in options.EnginesOf(workload))
            {
                foreach (var program in engine.Programs.Where(program => program.Workload == workload))
                {
                    contestants.Add(Contestant.Start(engine.Name, program, options.SecondsMin));
                }
            }

            for (var run = 0; run < options.Runs; run++)
            {
                foreach (var contestant in contestants) contestant.Samples.Add(contestant.Child.Request<Sample>(ChildMain.Run));
            }

            return contestants.ConvertAll(contestant => contestant.Finish(workload));
        }
        finally
        {
            foreach (var contestant in contestants) contestant.Child.Dispose();
        }
    }

    private sealed record Contestant(string Engine, string Variant, Child Child, Ready Ready)
    {
        public List<Sample> Samples { get; } = [];

        /// <summary>Returns when the child is warm, so that no two children work at a time.</summary>
        public static Contestant Start(string engine, EngineProgram program, double secondsMin)
        {
            var child = Child.Start(
                $"{engine} {program.Workload.Name} {program.Variant}",
                ChildMain.Flag, program.Workload.Name, engine, program.Variant, secondsMin.ToString(CultureInfo.InvariantCulture));
            return new Contestant(engine, program.Variant, child, child.Read<Ready>());
        }

        public Outcome Finish(Workload workload) => new(workload, Engine, Variant, Ready, Samples, Child.Request<Verdict>(ChildMain.End));
    }
}
