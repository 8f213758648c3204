using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Recognises what Orleans logs of each of its attempts while the database is away. The outage itself is logged once,
/// with a summary every few seconds.
/// </summary>
internal static class OutageConsequences
{
    /// <summary>Whether an entry is one.</summary>
    public static bool Contain(string category, Exception? exception) =>
        exception is IPartOfOutage { IsOutage: true }
        && category.StartsWith("Orleans.", StringComparison.Ordinal)
        && !category.StartsWith("Orleans.Workflow.", StringComparison.Ordinal);
}
