using System.Globalization;
using System.Text;
using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Faults;

/// <summary>What has happened in a run, with the simulation's own time.</summary>
internal sealed class Trace(SimulatedTime time)
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line.</summary>
    public void Add(string line) =>
        _text
            .Append(time.Elapsed.TotalSeconds.ToString("0000.000", CultureInfo.InvariantCulture))
            .Append("  ")
            .Append(line)
            .Append('\n');

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
