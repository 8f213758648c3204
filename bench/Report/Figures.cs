using System.Text.Json;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Report;

/// <summary>The medians measured last in this working copy, for experiments that build on others.</summary>
internal sealed class Figures
{
    private static readonly string File = Path.Combine(Repository.Artifacts, "figures.json");

    private readonly SortedDictionary<string, Measurement> _figures = System.IO.File.Exists(File)
        ? JsonSerializer.Deserialize<SortedDictionary<string, Measurement>>(System.IO.File.ReadAllText(File))!
        : [];

    public Measurement? Find(string workload, string contestant) =>
        _figures.GetValueOrDefault($"{workload}/{contestant}");

    public void Set(string workload, string contestant, Measurement median)
    {
        _figures[$"{workload}/{contestant}"] = median;
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(_figures));
    }
}
