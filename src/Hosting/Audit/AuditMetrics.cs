using System.Diagnostics.Metrics;
using System.Text.Json;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>What the audit beside the work counts.</summary>
internal sealed class AuditMetrics
{
    private readonly TimeProvider _time;
    private readonly SeriesCounter _findings;
    private long _workflows;
    private long _otherVocabulary;
    private long _succeededAt;
    private long _roundEndedAt;
    private long _roundFindings;
    private long _findingsInRound;

    public AuditMetrics(IMeterFactory meters, AuditSettings settings, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableCounter(
            "workflow.audit.workflows",
            () => Interlocked.Read(ref _workflows),
            "{workflow}",
            "Workflows that were folded again and compared with what is stored."
        );
        _findings = new SeriesCounter(
            meter,
            "workflow.audit.findings",
            "{finding}",
            "Differences between the receipts and what is stored.",
            "workflow.finding"
        );
        foreach (var kind in Enum.GetValues<FindingKind>())
            _findings.Declare(Word(kind));

        meter.CreateObservableCounter(
            "workflow.audit.other_vocabulary",
            () => Interlocked.Read(ref _otherVocabulary),
            "{workflow}",
            "Workflows that can't be judged because they were folded under another vocabulary."
        );
        meter.CreateObservableGauge(
            "workflow.audit.rate",
            () => settings.WorkflowsPerSecond,
            "{workflow}",
            "How many workflows a second are audited; 0 if none are."
        );
        meter.CreateObservableGauge(
            "workflow.audit.last_success.timestamp",
            () => Interlocked.Read(ref _succeededAt) / 1000.0,
            "s",
            "When this silo last audited workflows, in Unix time; 0 if it has not yet."
        );
        meter.CreateObservableGauge(
            "workflow.audit.round.timestamp",
            () => Interlocked.Read(ref _roundEndedAt) / 1000.0,
            "s",
            "When this silo had last audited all workflows, in Unix time; 0 if it has not yet."
        );
        meter.CreateObservableGauge(
            "workflow.audit.round.findings",
            () => Interlocked.Read(ref _roundFindings),
            "{finding}",
            "What the last audit of all workflows found."
        );
    }

    /// <summary>Some workflows were audited.</summary>
    /// <param name="isLast">Whether they were the last of a round.</param>
    public void Succeeded(bool isLast)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Interlocked.Exchange(ref _succeededAt, now);
        if (!isLast)
            return;

        Interlocked.Exchange(ref _roundFindings, _findingsInRound);
        Interlocked.Exchange(ref _roundEndedAt, now);
        _findingsInRound = 0;
    }

    /// <summary>Counts a workflow.</summary>
    public void Count(WorkflowAudit audit)
    {
        Interlocked.Increment(ref _workflows);
        if (audit.IsOtherVocabulary)
            Interlocked.Increment(ref _otherVocabulary);

        _findingsInRound += audit.Findings.Count;
        foreach (var finding in audit.Findings)
            _findings.Add(Word(finding.Kind));
    }

    private static string Word(FindingKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{kind}");
}
