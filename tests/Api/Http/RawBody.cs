using System.Text;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>Bodies as text, right but for one thing. The fourth action is the one that is changed.</summary>
internal static class RawBody
{
    private static readonly (string Name, string Json)[] TopFields =
    [
        ("workflow_id", "\"w\""),
        ("workflow_name", "\"n\""),
        ("status", "\"running\""),
    ];

    private static readonly (string Name, string Json)[] ActionFields =
    [
        ("nodetask_id", "\"n3\""),
        ("nodetask_name", "\"N\""),
        ("node_type", "\"call\""),
        ("task_id", "\"t\""),
        ("task_status", "\"running\""),
    ];

    private const string Before =
        """{"nodetask_id":"n0","nodetask_name":"N","node_type":"sms"},"""
        + """{"nodetask_id":"n1","nodetask_name":"N","node_type":"sms"},"""
        + """{"nodetask_id":"n2","nodetask_name":"N","node_type":"sms"}""";

    /// <summary>A body with another value for a field of the workflow; null leaves it out.</summary>
    public static string Top(string field, string? json) => Write(With(TopFields, field, json), Actions(ActionFields));

    /// <summary>A body with another value for a field of an action; null leaves it out.</summary>
    public static string Action(string field, string? json) =>
        Write(TopFields, Actions(With(ActionFields, field, json)));

    /// <summary>A body with another value for <c>actions</c>; null leaves it out.</summary>
    public static string AllActions(string? json) => Write(TopFields, json);

    /// <summary>A body with further members of the workflow.</summary>
    public static string TopExtra(string members) => Write(TopFields, Actions(ActionFields), "," + members);

    /// <summary>A body with further members of an action.</summary>
    public static string ActionExtra(string members) =>
        Write(TopFields, $"[{Before},{{{Members(ActionFields)},{members}}}]");

    /// <summary>A body about a workflow with further members.</summary>
    public static string Of(string workflowId, string extra = "") =>
        Write(
            With(TopFields, "workflow_id", $"\"{workflowId}\""),
            Actions(ActionFields),
            extra.Length == 0 ? "" : "," + extra
        );

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    private static string Write(IEnumerable<(string Name, string Json)> fields, string? actions, string extra = "") =>
        $"{{{Members(actions is null ? fields : fields.Append(("actions", actions)))}{extra}}}";

    private static string Actions(IEnumerable<(string Name, string Json)> fields) =>
        $"[{Before},{{{Members(fields)}}}]";

    private static string Members(IEnumerable<(string Name, string Json)> fields) =>
        string.Join(',', fields.Select(static field => $"\"{field.Name}\":{field.Json}"));

    private static IEnumerable<(string Name, string Json)> With(
        IEnumerable<(string Name, string Json)> fields,
        string name,
        string? json
    ) =>
        fields
            .Where(field => field.Name != name || json is not null)
            .Select(field => field.Name == name ? (name, json!) : field);
}
