using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>When an injected failure happens.</summary>
internal enum FailureTime
{
    /// <summary>Before anything is written; the database says that it was rolled back.</summary>
    RolledBack,

    /// <summary>Before anything is written; the caller does not know.</summary>
    BeforeCommit,

    /// <summary>When everything is written; the caller does not know.</summary>
    AfterCommit,
}

/// <summary>A failure that a test ordered.</summary>
internal sealed class InjectedException(FailureTime time) : IOException($"Injected: {time}.")
{
    public FailureTime Time => time;
}

/// <summary>
/// The product's own database layer, with a test at the switch: commits can be held and made to fail.
/// </summary>
internal sealed class ControlledDatabase(IStateDatabase inner, int? commitConcurrency = null)
    : IStateDatabase,
        IDisposable
{
    private readonly ConcurrentQueue<IReadOnlyList<StateWrite>> _batches = new();
    private readonly ConcurrentQueue<RowKey> _reads = new();
    private volatile Func<StateWrite, bool>? _fails;
    private volatile FailureTime _failureTime;
    private volatile Func<StateRead, bool>? _failsRead;
    private volatile HeldCommit? _held;
    private Func<StateWrite, bool>? _overtaken;

    /// <summary>Puts the controls around the database that the product registered.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var registered = services.Single(service => service.ServiceType == typeof(IStateDatabase));
        services.Remove(registered);
        services.AddSingleton<IStateDatabase>(provider => new ControlledDatabase(
            (IStateDatabase)registered.ImplementationFactory!(provider)
        ));
    }

    /// <inheritdoc/>
    public Task<CommittedFacts[]> WriteFacts(IReadOnlyList<FactWrite> writes, CancellationToken cancellationToken) =>
        inner.WriteFacts(writes, cancellationToken);

    /// <inheritdoc/>
    public int CommitConcurrency => commitConcurrency ?? inner.CommitConcurrency;

    /// <inheritdoc/>
    public bool GrowsBatches => inner.GrowsBatches;

    /// <inheritdoc/>
    public int Epoch => inner.Epoch;

    /// <summary>What was written together, in order; failures included.</summary>
    public IReadOnlyList<IReadOnlyList<StateWrite>> Batches => [.. _batches];

    /// <summary>How often a row was read.</summary>
    public int ReadsOf(string grainKey) => _reads.Count(key => key.GrainKey == grainKey);

    /// <summary>How many commits wrote a row or tried to.</summary>
    public int WritesOf(string grainKey) => _batches.Count(batch => batch.Any(write => write.Key.GrainKey == grainKey));

    /// <summary>Holds the commits with certain writes, from the next on, until they are released.</summary>
    public HeldCommit Hold(Func<StateWrite, bool> which) => _held = new HeldCommit(which);

    /// <summary>Lets commits with certain writes fail from now on.</summary>
    public void Fail(FailureTime time, Func<StateWrite, bool> which) => (_failureTime, _fails) = (time, which);

    /// <summary>Lets the next commit with certain writes find that they are not next, and not what is stored.</summary>
    public void OvertakeOnce(Func<StateWrite, bool> which) => Volatile.Write(ref _overtaken, which);

    /// <summary>Lets reads of certain rows fail from now on.</summary>
    public void FailReads(Func<StateRead, bool> which) => _failsRead = which;

    /// <summary>Ends everything that was ordered.</summary>
    public void Heal()
    {
        (_fails, _failsRead) = (null, null);
        _held?.Release();
        _held = null;
    }

    /// <inheritdoc/>
    public async Task<CommitResult[]> Write(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        _batches.Enqueue(writes);
        if (_held is { } held && writes.Any(held.Which))
            await held.Pass();

        var time = _failureTime;
        var isBad = _fails is { } fails && writes.Any(fails);
        if (isBad && time != FailureTime.AfterCommit)
            throw new InjectedException(time);

        if (Volatile.Read(ref _overtaken) is { } overtaken && writes.Any(overtaken))
        {
            Volatile.Write(ref _overtaken, null);
            return [.. writes.Select(static _ => new CommitResult.NotNext())];
        }

        var results = await inner.Write(writes, cancellationToken);
        return isBad ? throw new InjectedException(time) : results;
    }

    /// <inheritdoc/>
    public Task<StoredRow?[]> Read(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        foreach (var read in reads)
            _reads.Enqueue(read.Key);

        return _failsRead is { } fails && reads.Any(fails)
            ? throw new InjectedException(FailureTime.BeforeCommit)
            : inner.Read(reads, cancellationToken);
    }

    /// <inheritdoc/>
    public bool ProvesRollback(Exception exception) =>
        exception is InjectedException injected
            ? injected.Time == FailureTime.RolledBack
            : inner.ProvesRollback(exception);

    /// <inheritdoc/>
    public FailureCause CauseOf(Exception exception) => inner.CauseOf(exception);

    /// <inheritdoc/>
    public Task Probe(CancellationToken cancellationToken) => inner.Probe(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();
}

/// <summary>A commit that waits for the test.</summary>
/// <param name="which">The writes it is about.</param>
internal sealed class HeldCommit(Func<StateWrite, bool> which)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The writes it is about.</summary>
    public Func<StateWrite, bool> Which => which;

    /// <summary>Completes when the first such commit has arrived.</summary>
    public Task Reached => _reached.Task.WaitAsync(Deadline.Timeout, TimeProvider.System);

    /// <summary>Releases it, and every later one.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Waits to be released.</summary>
    public Task Pass()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
