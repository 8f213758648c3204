using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>Writes facts, each with the count that it changes, inside the transaction of their batch.</summary>
internal static class SqliteFacts
{
    /// <summary>Adds the facts of a node.</summary>
    public static CommittedFacts Add(SqliteStatements statements, FactCommit commit, IReadOnlyList<FactRow> rows)
    {
        var effects = ImmutableArray.CreateBuilder<ReceiptEffect>(rows.Count);
        var counts = new Dictionary<(FactKind, string), FactCount>();
        foreach (var row in rows)
        {
            if (FindEffect(statements, row.Receipt.Id) is { } known)
            {
                effects.Add(known);
                continue;
            }

            var effect = Decide(statements, row);
            effects.Add(effect);
            Insert(statements, commit, row, effect);
            if (effect != ReceiptEffect.Duplicate)
            {
                var count = Count(statements, commit, row.Receipt.Fact, effect);
                counts[(count.Kind, count.Value)] = count;
            }
        }

        return new CommittedFacts(effects.MoveToImmutable(), [.. counts.Values]);
    }

    /// <summary>What a fact does. Those before it in the batch are stored already.</summary>
    private static ReceiptEffect Decide(SqliteStatements statements, FactRow row) =>
        FindVariant(statements, row.Identity) is not { } first ? ReceiptEffect.Recorded
        : first == row.Variant || FindVariant(statements, row.Variant) is not null ? ReceiptEffect.Duplicate
        : ReceiptEffect.Differs;

    private static ReceiptEffect? FindEffect(SqliteStatements statements, Guid id)
    {
        using var row = statements.FindFact.With(Bytes(id)).ExecuteReader();
        return row.Read() ? (ReceiptEffect)row.GetInt32(0) : null;
    }

    private static Guid? FindVariant(SqliteStatements statements, Guid identity)
    {
        using var row = statements.FindVariant.With(Bytes(identity)).ExecuteReader();
        return row.Read() ? new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true) : null;
    }

    private static void Insert(SqliteStatements statements, FactCommit commit, FactRow row, ReceiptEffect effect)
    {
        var (receipt, fact) = (row.Receipt, row.Receipt.Fact);
        statements
            .AddFact.With(
                Bytes(receipt.Id),
                commit.WorkflowId,
                commit.NodetaskId,
                (int)fact.Kind,
                (int)effect,
                effect switch
                {
                    ReceiptEffect.Recorded => Bytes(row.Identity),
                    ReceiptEffect.Differs => Bytes(row.Variant),
                    _ => null,
                },
                Bytes(row.Variant),
                receipt.ReceivedAt.ToUnixTimeMilliseconds(),
                fact.OccurredAt?.ToUnixTimeMilliseconds(),
                receipt.Source,
                fact.Value,
                fact.TaskId,
                Bytes(row.CaseHash),
                Bytes(row.CalleeHash),
                receipt.Body
            )
            .ExecuteNonQuery();
    }

    private static FactCount Count(SqliteStatements statements, FactCommit commit, Fact fact, ReceiptEffect effect)
    {
        var isNew = effect == ReceiptEffect.Recorded;
        using var row = statements
            .CountFact.With(
                commit.WorkflowId,
                commit.NodetaskId,
                (int)fact.Kind,
                fact.Value ?? string.Empty,
                isNew ? 1 : 0,
                isNew ? 0 : 1
            )
            .ExecuteReader();
        row.Read();
        return new FactCount(
            commit.NodetaskId,
            fact.Kind,
            fact.Value ?? string.Empty,
            row.GetInt64(0),
            row.GetInt64(1)
        );
    }

    private static byte[]? Bytes(Guid? id) => id?.ToByteArray(bigEndian: true);
}
