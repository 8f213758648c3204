using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Operators;

/// <summary>
/// What of the attention of workflows operators have put aside. A reason that was not there then brings the workflow
/// back, and so does the end of a snooze.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlAttentionReviews(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>
    /// The bits of the attention of the workflow <c>w</c> that nobody has put aside, as of <c>@reviewed_at</c>.
    /// </summary>
    internal const string Left =
        "CASE WHEN w.attention = 0 THEN 0 ELSE w.attention & ~coalesce((SELECT r.attention FROM attention_review r "
        + "WHERE r.key = w.key AND (r.until IS NULL OR r.until > @reviewed_at)), 0) END";

    // Deleted workflows leave theirs behind, which would apply to a workflow that comes with the same id.
    private const string RemoveOfDeleted =
        "DELETE FROM attention_review WHERE NOT EXISTS (SELECT 1 FROM workflow w WHERE w.key = attention_review.key)";

    private const string PutAside = """
        INSERT INTO attention_review (key, attention, until)
        SELECT key, attention & @seen, @until FROM workflow WHERE key = @key
        ON CONFLICT (key) DO UPDATE SET attention = excluded.attention, until = excluded.until
        """;

    /// <summary>What of a workflow's attention is put aside; null if nothing is.</summary>
    public Task<AttentionReview?> Find(string workflowId, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT attention, until FROM attention_review WHERE key = @key AND (until IS NULL OR until > @now)",
            static reader => new AttentionReview(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.Time(1)),
            cancellationToken,
            ("key", GrainKeys.Workflow(workflowId)),
            ("now", now.ToUnixTimeMilliseconds())
        );

    /// <summary>
    /// Does what an operator decided of a workflow, and writes it down with it: puts its attention aside, shows it
    /// again, or only takes a note.
    /// </summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="seen">What the operator saw and puts aside; null for nothing. What came meanwhile stays.</param>
    /// <param name="action">What is written down.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether there is such a workflow; nothing is done if not.</returns>
    public Task<bool> Review(
        string workflowId,
        AttentionReview? seen,
        OperatorAction action,
        CancellationToken cancellationToken
    ) =>
        dataSource.Transact(
            async transaction =>
            {
                var key = ("key", (object?)GrainKeys.Workflow(workflowId));
                if (
                    await transaction.Count("SELECT count(*) FROM workflow WHERE key = @key", cancellationToken, key)
                    == 0
                )
                    return false;

                if (action.Kind == OperatorActionKind.Reopen)
                    await transaction.Execute("DELETE FROM attention_review WHERE key = @key", cancellationToken, key);

                if (seen is not null)
                {
                    await transaction.Execute(RemoveOfDeleted, cancellationToken);
                    await transaction.Execute(
                        PutAside,
                        cancellationToken,
                        key,
                        ("seen", seen.Attention),
                        ("until", seen.Until?.ToUnixTimeMilliseconds())
                    );
                }

                await SqlOperatorLog.Add(transaction, dialect, action, cancellationToken);
                return true;
            },
            cancellationToken
        );
}
