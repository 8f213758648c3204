using System.Diagnostics.Metrics;
using System.Text.Json;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>What the audit beside the work counts.</summary>
internal sealed class AuditMetrics
{
    private readonly Counter<long> _workflows;
    private readonly Counter<long> _findings;
    private readonly Counter<long> _otherVocabulary;

    public AuditMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(WorkflowTelemetry.Name);
        _workflows = meter.CreateCounter<long>(
            "workflow.audit.workflows",
            "{workflow}",
            "Workflows that were folded again and compared with what is stored."
        );
        _findings = meter.CreateCounter<long>(
            "workflow.audit.findings",
            "{finding}",
            "Differences between the receipts and what is stored."
        );
        _otherVocabulary = meter.CreateCounter<long>(
            "workflow.audit.other_vocabulary",
            "{workflow}",
            "Workflows that can't be judged because they were folded under another vocabulary."
        );
    }

    /// <summary>Counts a workflow.</summary>
    public void Count(WorkflowAudit audit)
    {
        _workflows.Add(1);
        if (audit.IsOtherVocabulary)
            _otherVocabulary.Add(1);

        foreach (var finding in audit.Findings)
            _findings.Add(
                1,
                new KeyValuePair<string, object?>(
                    "workflow.finding",
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Kind.ToString())
                )
            );
    }
}
