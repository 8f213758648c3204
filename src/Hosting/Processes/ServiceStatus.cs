using System.Collections.Immutable;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// What this process knows of the whole service. In memory, so that it can be shown while the database is away.
/// Thread-safe.
/// </summary>
public sealed class ServiceStatus(OwnProcess own, TimeProvider time, IWriteAdmission? commits = null)
{
    private volatile Exchange? _last;
    private volatile DatabaseFailure? _failure;

    /// <summary>What is known now.</summary>
    public ServiceSnapshot Now()
    {
        var now = time.GetUtcNow();
        var last = _last;
        var figures = own.Measure();
        return new ServiceSnapshot(
            now,
            Failure(),
            last?.At,
            [
                new KnownProcess(own.Row(figures), figures, now, IsOwn: true),
                .. (last?.Processes ?? [])
                    .Where(process => process.Row.Name != own.Name)
                    .Select(process => new KnownProcess(
                        process.Row,
                        ProcessFigures.Read(process.Row.Figures),
                        last!.At - process.Age,
                        IsOwn: false
                    )),
            ]
        );
    }

    /// <summary>Why the database fails, as this process sees it; null while it works or nothing is known.</summary>
    public DatabaseFailure? Failure() =>
        commits is { FailingSince: { } since, WhyFailing: var reason }
            ? new DatabaseFailure(since, reason ?? "commits fail")
            : _failure;

    /// <summary>Takes what the processes have reported.</summary>
    internal void Exchanged(IReadOnlyList<ReportedProcess> processes)
    {
        _last = new Exchange(time.GetUtcNow(), [.. processes]);
        _failure = null;
    }

    /// <summary>Notes that nothing can be exchanged.</summary>
    internal void Failed(DateTimeOffset since, string reason) => _failure = new DatabaseFailure(since, reason);

    private sealed record Exchange(DateTimeOffset At, ImmutableArray<ReportedProcess> Processes);
}

/// <summary>Why the database fails.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why, without secrets.</param>
public sealed record DatabaseFailure(DateTimeOffset Since, string Reason);

/// <summary>The service at a moment, as one process knows it.</summary>
/// <param name="At">The moment.</param>
/// <param name="Failure">Why the database fails; null while it works.</param>
/// <param name="ReadAt">When what the others reported was read last; null if it never was.</param>
/// <param name="Processes">All processes that are known, this one first.</param>
public sealed record ServiceSnapshot(
    DateTimeOffset At,
    DatabaseFailure? Failure,
    DateTimeOffset? ReadAt,
    ImmutableArray<KnownProcess> Processes
)
{
    /// <summary>For how long a process may be silent until it does not report any more.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(30);

    /// <summary>Whether what the others reported is too old to say how they are.</summary>
    public bool IsBlind => ReadAt is not { } read || At - read > MaxSilence;

    /// <summary>Whether a process reports; false also of those of which nothing can be known.</summary>
    public bool IsReporting(KnownProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.IsOwn || At - process.ReportedAt <= MaxSilence;
    }
}

/// <summary>A process of the service.</summary>
/// <param name="Row">What it is.</param>
/// <param name="Figures">What it measures.</param>
/// <param name="ReportedAt">When it said so, by the clock of this process.</param>
/// <param name="IsOwn">Whether it is this process.</param>
public sealed record KnownProcess(ProcessRow Row, ProcessFigures Figures, DateTimeOffset ReportedAt, bool IsOwn)
{
    /// <summary>Whether it holds grains.</summary>
    public bool IsSilo => Row.Kind != ProcessKind.Api;
}
