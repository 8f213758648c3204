using System.Text.Json;
using Orleans.Workflow.Grains.Audit;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>Writes what an audit finds, each finding at once, and the totals at the end.</summary>
/// <param name="output">Where it is written.</param>
/// <param name="asJson">Whether each line is a JSON object.</param>
internal sealed class AuditReport(TextWriter output, bool asJson)
{
    private long _workflows;
    private long _receipts;
    private long _findings;
    private long _otherVocabulary;

    /// <summary>How many differences there were.</summary>
    public long FindingCount => _findings;

    /// <summary>Adds what auditing a workflow gave.</summary>
    public void Add(WorkflowAudit audit)
    {
        _workflows++;
        _receipts += audit.Receipts;
        _otherVocabulary += audit.IsOtherVocabulary ? 1 : 0;
        foreach (var finding in audit.Findings)
            Add(finding);
    }

    /// <summary>Adds a finding.</summary>
    public void Add(Finding finding)
    {
        _findings++;
        output.WriteLine(
            asJson
                ? JsonSerializer.Serialize(finding, ReportJson.Default.Finding)
                : $"{Quote(finding.WorkflowId)} {Text(finding)}"
        );
    }

    /// <summary>A finding in words.</summary>
    public static string Text(Finding finding) =>
        $"{Word(finding.Kind)} at {Quote(finding.Where)}: "
        + $"expected {Quote(finding.Expected)}, stored {Quote(finding.Stored)}";

    /// <summary>Writes the totals.</summary>
    public void End()
    {
        var totals = new AuditTotals(_workflows, _receipts, _findings, _otherVocabulary);
        var result = _findings == 0 ? "clean" : $"{_findings} findings";
        output.WriteLine(
            asJson
                ? JsonSerializer.Serialize(totals, ReportJson.Default.AuditTotals)
                : $"{_workflows} workflows, {_receipts} receipts: {result}."
        );
        if (_otherVocabulary > 0 && !asJson)
            output.WriteLine(
                $"{_otherVocabulary} of them were folded under a vocabulary that is not known and can't be judged."
            );
    }

    /// <summary>A value of an enumeration in snake case.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A value as a JSON string: whatever an id holds, it stays on its line and in its quotes.</summary>
    public static string Quote(string? value) => value is null ? "nothing" : $"\"{JsonEncodedText.Encode(value)}\"";
}

/// <summary>The totals of an audit.</summary>
/// <param name="Workflows">How many workflows were audited.</param>
/// <param name="Receipts">How many receipts were folded.</param>
/// <param name="Findings">How many differences there were.</param>
/// <param name="OtherVocabulary">How many workflows could not be judged.</param>
internal sealed record AuditTotals(long Workflows, long Receipts, long Findings, long OtherVocabulary);
