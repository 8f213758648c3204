using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>The column of the table of transitions that holds what a version changed: a JSON array, a change in each place.</summary>
internal static class TransitionColumns
{
    /// <summary>What a receipt changed; null if nothing.</summary>
    public static string? Changes(ReceiptRow receipt) =>
        receipt.Transitions.IsEmpty ? null : JsonSerializer.Serialize(receipt.Transitions, StorageJson.Default.ImmutableArrayTransitionRow);

    /// <summary>Reads the column.</summary>
    public static ImmutableArray<TransitionRow> Read(string changes) =>
        JsonSerializer.Deserialize(changes, StorageJson.Default.ImmutableArrayTransitionRow);
}
