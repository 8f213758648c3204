using System.Text.Json;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>Says whether a service holds what it acknowledged.</summary>
internal interface IStateCheck
{
    /// <summary>Compares what the service answers with what was sent to it.</summary>
    /// <returns>What is wrong, or null.</returns>
    string? Compare(History history, JsonElement answer);
}
