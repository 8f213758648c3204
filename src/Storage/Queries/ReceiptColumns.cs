using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// The column of the table of receipts that holds what a receipt changed: a JSON array of its transitions.
/// </summary>
internal static class ReceiptColumns
{
    /// <summary>The columns, of the table <c>r</c>, that <see cref="ReadTransitions"/> reads.</summary>
    public const string Transitions = "r.seq, r.version, r.received_at, r.id, r.changes";

    /// <summary>Writes the column, in UTF-8; null if nothing changed.</summary>
    public static byte[]? Changes(ReceiptRow receipt) =>
        receipt.Transitions.IsEmpty
            ? null
            : JsonSerializer.SerializeToUtf8Bytes(receipt.Transitions, StorageJson.Default.ImmutableArrayTransitionRow);

    /// <summary>Reads the column.</summary>
    public static ImmutableArray<TransitionRow> ReadChanges(string changes) =>
        JsonSerializer.Deserialize(changes, StorageJson.Default.ImmutableArrayTransitionRow);

    /// <summary>Reads the transitions of a receipt that has some.</summary>
    /// <param name="reader">The row; it begins with the columns.</param>
    /// <param name="dialect">How an id is read.</param>
    public static IEnumerable<TransitionSummary> ReadTransitions(DbDataReader reader, ReadDialect dialect)
    {
        var (seq, version, at, receiptId) = (
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.Time(2),
            dialect.ReadId(reader, 3)
        );
        return ReadChanges(reader.GetString(4))
            .Select(
                (row, ordinal) =>
                    new TransitionSummary(
                        seq,
                        version,
                        ordinal,
                        at,
                        receiptId,
                        row.Kind,
                        new SubjectView(row.NodeTaskId, row.TaskId),
                        row.IsTask,
                        StatusValue(row.From),
                        StatusValue(row.To),
                        row.Reported,
                        row.Rule
                    )
            );
    }

    private static StatusValueSummary? StatusValue(StatusValueRow? row) =>
        row is null ? null : new StatusValueSummary(row.Text, row.Phase, row.Outcome);
}
