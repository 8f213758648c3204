using System.Collections.Immutable;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Health;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Commits the facts of many nodes together: one transaction for whatever is waiting. A bad row fails only its own
/// node.
/// </summary>
internal sealed class FactCommitter : IFactStorage, IAsyncDisposable
{
    private readonly IStateDatabase _database;
    private readonly DbDataSource _dataSource;
    private readonly GroupCommitMetrics _metrics;
    private readonly CommitHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger<FactCommitter> _logger;
    private readonly BatchingQueue<FactWrite> _writes;

    /// <summary>Starts to gather.</summary>
    /// <param name="database">Where is committed.</param>
    /// <param name="dataSource">Where counts are read.</param>
    /// <param name="options">How much is committed together.</param>
    /// <param name="metrics">Measures it.</param>
    /// <param name="health">Takes the outcome of each batch.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what fails.</param>
    public FactCommitter(
        IStateDatabase database,
        DbDataSource dataSource,
        GroupCommitOptions options,
        GroupCommitMetrics metrics,
        CommitHealth health,
        TimeProvider time,
        ILogger<FactCommitter> logger
    )
    {
        _database = database;
        _dataSource = dataSource;
        _metrics = metrics;
        _health = health;
        _time = time;
        _logger = logger;
        _writes = new BatchingQueue<FactWrite>(
            database.Lanes,
            options.MaxBatch,
            Commit,
            database.GrowsBatches ? new BatchGrowth(time) : null
        );
        _writes.Start("fact-commit");
    }

    /// <inheritdoc/>
    public async Task<CommittedFacts> Commit(FactCommit commit)
    {
        var write = new FactWrite(commit, await LoadHashes());
        _writes.Add(write);
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
    public ValueTask DisposeAsync() => _writes.DisposeAsync();

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

    private async Task Commit(List<FactWrite> batch)
    {
        // One order of locking for all batches of all silos.
        batch.Sort(static (a, b) => RowKey.Compare(a.Key, b.Key));
        await CommitPart(batch);
    }

    private async Task CommitPart(List<FactWrite> part)
    {
        var start = _time.GetTimestamp();
        try
        {
            var results = await _database.WriteFacts(part, CancellationToken.None);
            _health.Succeeded();
            _metrics.Committed(part.Count, conflicts: 0, _time.GetElapsedTime(start));
            for (var i = 0; i < part.Count; i++)
                part[i].Complete(results[i]);
        }
        catch (Exception exception) when (IsSplit(part, exception))
        {
            // Some row is bad and nothing was written: halves, until each bad row is alone and the others are through.
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            _metrics.Split();
            Safely.Run(() => Log.BatchSplit(_logger, exception, part.Count));
            var half = part.Count / 2;
            await CommitPart(part.GetRange(0, half));
            await CommitPart(part.GetRange(half, part.Count - half));
        }
        catch (Exception exception)
        {
            _metrics.CommitFailed(exception, _time.GetElapsedTime(start));
            var cause = _database.CauseOf(exception);
            if (cause != FailureCause.Row)
                _health.Failed(exception, cause == FailureCause.Database);

            if (!_health.IsFailing)
                Safely.Log(exception, () => Log.BatchFailed(_logger, exception, part.Count));

            var failure = Unavailable(exception);
            foreach (var write in part)
                write.Fail(failure);
        }
    }

    private bool IsSplit(List<FactWrite> part, Exception exception) =>
        part.Count > 1 && _database.ProvesRollback(exception) && _database.CauseOf(exception) != FailureCause.Database;

    /// <summary>Without the cause: a database driver's exception cannot be sent to another process.</summary>
    private WorkflowUnavailableException Unavailable(Exception exception) =>
        new($"The facts could not be stored or read ({exception.GetType().Name}); send them again.")
        {
            IsOutage = _health.IsFailing,
        };
}
