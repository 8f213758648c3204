using System.Text.Json;
using Orleans.Workflow.Grains.Audit;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>
/// Writes what a rebuild did, one line for each workflow that was rewritten or could not be, and the totals at the end.
/// </summary>
/// <param name="output">Where it is written.</param>
/// <param name="asJson">Whether each line is a JSON object.</param>
internal sealed class RebuildReport(TextWriter output, bool asJson)
{
    private long _workflows;
    private long _receipts;
    private long _rewritten;

    /// <summary>How many workflows and orphans could not be rebuilt.</summary>
    public long LeftCount { get; private set; }

    /// <summary>Adds a workflow.</summary>
    public void Add(WorkflowRebuild workflow)
    {
        _workflows++;
        _receipts += workflow.Audit.Receipts;
        if (workflow.Outcome == RebuildOutcome.Unchanged)
            return;

        if (workflow.Outcome == RebuildOutcome.Rewritten)
            _rewritten++;
        else
            LeftCount++;

        Write(new RebuildLine(workflow.WorkflowId, workflow.Outcome, workflow.Audit.Findings));
    }

    /// <summary>Adds a state that belongs to no workflow.</summary>
    /// <param name="key">The key of its grain.</param>
    public void AddOrphan(string key)
    {
        LeftCount++;
        Write(
            new RebuildLine(
                null,
                RebuildOutcome.NotFoldable,
                [new Finding(null, FindingKind.Orphan, key, null, "a state")]
            )
        );
    }

    /// <summary>Writes the totals.</summary>
    public void End()
    {
        var totals = new RebuildTotals(_workflows, _receipts, _rewritten, LeftCount);
        output.WriteLine(
            asJson
                ? JsonSerializer.Serialize(totals, ReportJson.Default.RebuildTotals)
                : $"{_workflows} workflows, {_receipts} receipts: {_rewritten} rewritten, {LeftCount} left as they are."
        );
    }

    private void Write(RebuildLine line) =>
        output.WriteLine(
            asJson
                ? JsonSerializer.Serialize(line, ReportJson.Default.RebuildLine)
                : $"{AuditReport.Quote(line.WorkflowId)} {AuditReport.Word(line.Outcome)}"
                    + string.Concat(line.Findings.Select(static finding => $"; {AuditReport.Text(finding)}"))
        );
}

/// <summary>A workflow that was rewritten or could not be.</summary>
/// <param name="WorkflowId">The workflow; null of an orphan.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Findings">What was stored differently from what the receipts say.</param>
internal sealed record RebuildLine(string? WorkflowId, RebuildOutcome Outcome, IReadOnlyList<Finding> Findings);

/// <summary>The totals of a rebuild.</summary>
/// <param name="Workflows">How many workflows were looked at.</param>
/// <param name="Receipts">How many receipts were folded.</param>
/// <param name="Rewritten">How many workflows were rewritten.</param>
/// <param name="Left">How many workflows and orphans could not be.</param>
internal sealed record RebuildTotals(long Workflows, long Receipts, long Rewritten, long Left);
