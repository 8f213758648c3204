using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>
/// Writes the workflows that the list has as a file, page after page, so that none is held as a whole.
/// </summary>
internal sealed class WorkflowsExport(SqlReadModel readModel, TimeProvider time)
{
    /// <summary>How many workflows a file has at most.</summary>
    public const int MaxRows = 100_000;

    private const int OnPage = 1_000;

    private static readonly string[] Columns =
    [
        "workflow_id",
        "workflow_name",
        "status",
        "phase",
        "outcome",
        "version",
        "attention",
        "node_types",
        "first_received_at",
        "last_received_at",
        "last_changed_at",
    ];

    /// <summary>Answers with the file.</summary>
    public IResult Get(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = WorkflowsRequest.Parameters(query, "format");
        var asked = WorkflowsRequest.Read(parameters, time.GetUtcNow());
        var format = parameters.Text("format");
        if (format is not ("csv" or "ndjson"))
            parameters.Wrong("format", format ?? string.Empty, "csv or ndjson");

        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : Results.Stream(
                stream => Write(stream, asked, format == "csv", context.RequestAborted),
                format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
                $"workflows-{time.GetUtcNow().UtcDateTime:yyyy-MM-dd-HHmmss}.{format}"
            );
    }

    private async Task Write(Stream stream, WorkflowsRequest asked, bool isCsv, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (isCsv)
            await writer.WriteAsync(string.Join(',', Columns) + "\r\n");

        WorkflowPosition? after = null;
        for (var written = 0; written < MaxRows; written += OnPage)
        {
            var page = await readModel.ListWorkflows(asked.Found, asked.Sort, after, OnPage, cancellationToken);
            var text = new StringBuilder();
            foreach (var workflow in page.Items)
                text.Append(isCsv ? Csv(workflow) : Json(workflow));

            await writer.WriteAsync(text, cancellationToken);
            await writer.FlushAsync(cancellationToken);
            if (page.Next is null)
                return;

            after = page.Next;
        }
    }

    private static StringBuilder Csv(WorkflowSummary workflow) =>
        new StringBuilder().AppendJoin(',', Values(workflow).Select(static value => Cell(value))).Append("\r\n");

    private static string?[] Values(WorkflowSummary workflow) =>
        [
            workflow.WorkflowId,
            workflow.WorkflowName,
            workflow.Status,
            workflow.Phase is { } phase ? ConsoleWords.Snake(phase) : null,
            workflow.Outcome is { } outcome ? ConsoleWords.Snake(outcome) : null,
            workflow.Version.ToString(CultureInfo.InvariantCulture),
            string.Join(' ', workflow.Attention.Select(ConsoleWords.Snake)),
            string.Join(' ', workflow.NodeTypes),
            Iso(workflow.FirstReceivedAt),
            Iso(workflow.LastReceivedAt),
            Iso(workflow.LastChangedAt),
        ];

    private static string Json(WorkflowSummary workflow) =>
        JsonSerializer.Serialize(workflow, ApiJson.Default.WorkflowSummary) + "\n";

    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return string.Empty;

        // A program for sheets takes a cell that begins like this for a formula, and senders choose names.
        var text = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{value}" : value;
        return text.AsSpan().ContainsAny("\",\r\n'")
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    private static string Iso(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
