using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// Closed loop: how much each contestant takes when every connection sends its next request as soon as it has its
/// answer.
/// </summary>
/// <param name="workload">What is sent.</param>
/// <param name="section">The section's title.</param>
/// <param name="contestants">The contestants; the first is compared with the others.</param>
internal sealed class Throughput(string workload, string section, params IReadOnlyList<Contestant> contestants)
    : IExperiment
{
    public async Task<string?> RunAsync(Bench bench)
    {
        await using var arena = new Arena(bench);
        await arena.StartAsync(contestants, bench.Options.Beside is { } words ? contestants[0].As(words) : null);

        if (arena.Services.Count == 0)
            return null;

        var runs = await arena.RunAsync(workload, static () => new ClosedSchedule());
        var text = new StringBuilder($"### {section}\n\n{WorkloadCatalogue.Descriptions[workload]}\n\n").Append(
            Table.Header
        );
        foreach (var (contestant, measured) in runs)
        {
            text.Append(Table.Row(contestant.Name, measured));
            bench.Figures.Set(section, contestant.Name, Table.Medians(measured));
        }

        foreach (var (peer, measured) in runs.Where(_ => runs.ContainsKey(contestants[0])).Skip(1))
        {
            var ratio =
                runs[contestants[0]].Select(run => run.PerSecond).Median()
                / measured.Select(run => run.PerSecond).Median();
            text.Append(Targets.Line(section, contestants[0].Name, peer.Name, ratio));
        }

        return text.ToString();
    }
}
