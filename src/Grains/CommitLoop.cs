namespace Orleans.Workflow.Grains;

/// <summary>
/// Runs one commit of a grain at a time; all calls while one is under way share the next. This is what frees a hot
/// grain from one notification per database round trip. Not thread-safe: it lives on the grain's scheduler.
/// </summary>
/// <param name="commit">Writes whatever is pending when it is called.</param>
internal sealed class CommitLoop(Func<Task> commit)
{
    private Task _running = Task.CompletedTask;
    private Task? _queued;

    /// <summary>Completes when everything that is pending now is durable; fails if it could not be written.</summary>
    public Task Commit() => _queued ??= RunNext();

    private async Task RunNext()
    {
        // Yields even if nothing runs, so that notifications that are here already join.
        await _running.ConfigureAwait(
            ConfigureAwaitOptions.ForceYielding
                | ConfigureAwaitOptions.SuppressThrowing
                | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        _running = _queued!;
        _queued = null;
        await commit();
    }
}
