using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Counts what is stored, for the metrics, in SQL that both databases understand. It reads indexes alone, those of
/// phases from end to end: keep the answer for a while.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="readModel">Finds the oldest silence.</param>
public sealed class SqlTotals(DbDataSource dataSource, SqlReadModel readModel)
{
    /// <summary>Reads all totals.</summary>
    public async Task<StoredTotals> Read(CancellationToken cancellationToken)
    {
        // Every state code is 0 or more; said so, SQLite counts from an index.
        var codes = await dataSource.ReadAll(
            "SELECT state_code, count(*) FROM workflow WHERE state_code >= 0 GROUP BY state_code",
            static reader => (Code: reader.GetInt32(0), Count: reader.GetInt64(1)),
            cancellationToken
        );
        var attention = ImmutableArray.CreateBuilder<AttentionTotal>();
        foreach (var reason in Enum.GetValues<AttentionReason>())
        {
            // In the text, for the partial indexes.
            var condition = $"(attention & {1 << (int)reason}) <> 0";
            attention.Add(new AttentionTotal(reason, await Count($"SELECT count(*) FROM workflow WHERE {condition}")));
        }

        return new StoredTotals(
            [
                .. PhasesByCode
                    .Distinct()
                    .Select(phase => new PhaseTotal(
                        phase,
                        codes.Where(of => PhasesByCode[of.Code] == phase).Sum(static of => of.Count)
                    )),
            ],
            attention.ToImmutable(),
            await Count("SELECT count(*) FROM rejected"),
            await readModel.FindOldestSilence(cancellationToken)
        );

        async Task<long> Count(string query) =>
            (await dataSource.ReadAll(query, static reader => reader.GetInt64(0), cancellationToken)).Single();
    }

    /// <summary>The phase of each state code; null where nothing is known.</summary>
    private static readonly ImmutableArray<WorkflowPhase?> PhasesByCode =
    [
        null,
        WorkflowPhase.Scheduled,
        WorkflowPhase.Active,
        WorkflowPhase.Ended,
        WorkflowPhase.Ended,
        WorkflowPhase.Ended,
    ];
}

/// <summary>What is stored.</summary>
/// <param name="Phases">How many workflows there are in each phase, and in none that is known.</param>
/// <param name="Attention">How many workflows need attention for each reason.</param>
/// <param name="Rejected">How many refused requests are kept.</param>
/// <param name="SilentSince">Since when nothing was received about the workflow, not ended, that has been silent
/// longest; null if all have ended.</param>
public sealed record StoredTotals(
    ImmutableArray<PhaseTotal> Phases,
    ImmutableArray<AttentionTotal> Attention,
    long Rejected,
    DateTimeOffset? SilentSince
);

/// <summary>How many workflows are in a phase.</summary>
/// <param name="Phase">The phase; null if nothing is known.</param>
/// <param name="Count">How many.</param>
public sealed record PhaseTotal(WorkflowPhase? Phase, long Count);

/// <summary>How many workflows need attention for a reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How many.</param>
public sealed record AttentionTotal(AttentionReason Reason, long Count);
