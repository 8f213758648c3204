using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Reads the parameters of the lists of facts.</summary>
internal static class FactQueryParameters
{
    /// <summary>The names of the filters.</summary>
    public static readonly string[] FilterNames =
    [
        "kind",
        "value",
        "case_id",
        "callee",
        "received_after",
        "received_before",
    ];

    /// <summary>The filters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="ofPath">What the path asks for.</param>
    public static FactFilter Filter(QueryParameters parameters, FactFilter ofPath) =>
        ofPath with
        {
            Kind = parameters.Word<FactKind>("kind"),
            Value = parameters.Text("value"),
            CaseId = parameters.Text("case_id"),
            Callee = parameters.Text("callee"),
            ReceivedAfter = parameters.Time("received_after"),
            ReceivedBefore = parameters.Time("received_before"),
        };

    /// <summary>What a cursor belongs to: what the path asks for, and the filters as they were sent.</summary>
    public static string CursorKind(QueryParameters parameters, FactFilter filter) =>
        Cursor.Kind("facts", [filter.WorkflowId, filter.NodetaskId, .. parameters.Sent(FilterNames)]);

    /// <summary>Where the page begins; null for the first page.</summary>
    public static FactPosition? Before(QueryParameters parameters, string cursorKind) =>
        Cursor.ReadNumbers(parameters, cursorKind, 1) is [var position] ? new FactPosition(position) : null;

    /// <summary>The text for where the next page begins; null if there is none.</summary>
    public static string? Next(FactPosition? position, string cursorKind) =>
        position is null ? null : Cursor.Write(cursorKind, $"{position.Position}");
}
