namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Lets one process at a time do what one does for all. Implemented by the storage.</summary>
public interface ILeaderLock
{
    /// <summary>
    /// Takes the lead in a task; null while another process has it. Disposing of it gives it back, and so does the end
    /// of the process.
    /// </summary>
    /// <remarks>
    /// A process whose connection is lost has lost the lead and does not notice: a task must be safe to do twice.
    /// </remarks>
    Task<IAsyncDisposable?> TryTake(LeaderTask task, CancellationToken cancellationToken);
}

/// <summary>What one process does for all.</summary>
public enum LeaderTask
{
    /// <summary>It removes what is old enough.</summary>
    Retention,

    /// <summary>It asks all workflows to fold again.</summary>
    Refold,
}
