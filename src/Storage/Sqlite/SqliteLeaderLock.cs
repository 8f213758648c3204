using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>The leader lock on SQLite: a file has one process, which always leads.</summary>
internal sealed class SqliteLeaderLock : ILeaderLock
{
    /// <inheritdoc/>
    public Task<IAsyncDisposable?> TryTake(LeaderTask task, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable?>(new Lead());

    private sealed class Lead : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
