using System.Collections.Immutable;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Health;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>Commits the facts of many nodes together.</summary>
internal sealed class FactCommitter : BatchCommitter<FactWrite, CommittedFacts>, IFactStorage
{
    private readonly DbDataSource _dataSource;
    private readonly CommitHealth _health;

    public FactCommitter(
        IStateDatabase database,
        DbDataSource dataSource,
        WaitingWrites waiting,
        GroupCommitMetrics metrics,
        CommitHealth health,
        TimeProvider time,
        ILogger<FactCommitter> logger
    )
        : base(database, waiting, metrics, time, logger, health)
    {
        (_dataSource, _health) = (dataSource, health);
        metrics.ObserveQueue("fact", () => Queued);
        Start("fact-commit");
    }

    /// <inheritdoc/>
    protected override string SpanName => "fact.commit";

    /// <inheritdoc/>
    public async Task<CommittedFacts> Commit(FactCommit commit)
    {
        var write = new FactWrite(commit, await LoadHashes());
        Add(write);
        return await write.Result;
    }

    /// <inheritdoc/>
    public Task Recount(string workflowId, CancellationToken cancellationToken) =>
        FactRecount.Run(_dataSource, workflowId, cancellationToken);

    /// <inheritdoc/>
    public async Task<ImmutableArray<FactCount>> ReadCounts(string workflowId, string nodeTaskId)
    {
        try
        {
            var counts = await _dataSource.ReadAll(
                $"SELECT {FactCountSql.Columns} FROM fact_count WHERE workflow_id = @workflow_id AND node = @node",
                static reader => FactCountSql.Read(reader),
                CancellationToken.None,
                ("workflow_id", workflowId),
                ("node", nodeTaskId)
            );
            return [.. counts];
        }
        catch (Exception exception)
        {
            throw Unavailable(exception);
        }
    }

    /// <inheritdoc/>
    protected override Task<CommittedFacts[]> Write(IReadOnlyList<FactWrite> part) =>
        Database.WriteFacts(part, CancellationToken.None);

    /// <inheritdoc/>
    protected override void Complete(FactWrite write, CommittedFacts result) => write.Complete(result);

    /// <inheritdoc/>
    protected override void Fail(FactWrite write, bool isRolledBack, Exception exception) =>
        write.Fail(exception as WorkflowUnavailableException ?? Unavailable(exception));

    private async Task<FactHashes> LoadHashes()
    {
        try
        {
            return await FactHashes.Load(_dataSource, CancellationToken.None);
        }
        catch (Exception exception)
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Without the cause: a database driver's exception cannot be sent to another process.</summary>
    private WorkflowUnavailableException Unavailable(Exception exception) =>
        new($"The facts could not be stored or read ({exception.GetType().Name}); send them again.")
        {
            IsOutage = _health.IsFailing,
        };
}
