using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Database;

/// <summary>What is in the tables; a copy of it is what a standby has.</summary>
internal sealed record StoredContent
{
    public Dictionary<RowKey, StoredRow> Rows { get; private init; } = [];

    public Dictionary<Guid, ReceiptRow> Receipts { get; private init; } = [];

    /// <summary>The receipts of each workflow, in the order in which they were stored.</summary>
    public Dictionary<string, List<ReceiptRow>> Received { get; private init; } = new(StringComparer.Ordinal);

    public Dictionary<GrainStateName, ReadOnlyMemory<byte>> Snapshots { get; private init; } = [];

    public Dictionary<string, BaselineRow> Baselines { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Copies all of it.</summary>
    public StoredContent Copy() =>
        new()
        {
            Rows = new(Rows),
            Receipts = new(Receipts),
            Received = Received.ToDictionary(
                static pair => pair.Key,
                static pair => pair.Value.ToList(),
                StringComparer.Ordinal
            ),
            Snapshots = new(Snapshots),
            Baselines = new(Baselines, StringComparer.Ordinal),
        };
}
