using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>The column of the table of receipts that holds what a receipt changed: a JSON array of its transitions.</summary>
internal static class ReceiptColumns
{
    /// <summary>Writes the column; null if nothing changed.</summary>
    public static string? Changes(ReceiptRow receipt) =>
        receipt.Transitions.IsEmpty ? null : JsonSerializer.Serialize(receipt.Transitions, StorageJson.Default.ImmutableArrayTransitionRow);

    /// <summary>Reads the column.</summary>
    public static ImmutableArray<TransitionRow> ReadChanges(string changes) =>
        JsonSerializer.Deserialize(changes, StorageJson.Default.ImmutableArrayTransitionRow);
}
