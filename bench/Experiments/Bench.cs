using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>What experiments work with.</summary>
internal sealed record Bench(Options Options, PostgresServer Server, Figures Figures, bool HasProduct)
{
    public Runner Runner { get; } = new(Options.Connections);

    /// <summary>Whether a contestant takes part.</summary>
    public bool Admits(Contestant contestant) =>
        (HasProduct || !contestant.IsProduct) && (Options.Only.Count == 0 || Options.Only.Contains(contestant.Name));

    /// <summary>Writes progress to the console.</summary>
    public static void Say(string line) => Console.WriteLine(line);
}
