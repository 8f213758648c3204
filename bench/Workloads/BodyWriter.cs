using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Writes the vendor's body, field by field in the order of its example.</summary>
internal static class BodyWriter
{
    public static RequestBuffer Open(
        RequestBuffer body,
        in Id workflow,
        ReadOnlySpan<byte> name,
        int number,
        ReadOnlySpan<byte> status
    ) =>
        body.Add("{\"workflow_id\":\""u8)
            .Add(workflow)
            .Add("\",\"workflow_name\":\""u8)
            .Add(name)
            .Add(" "u8)
            .Add(number)
            .Add("\",\"status\":\""u8)
            .Add(status)
            .Add("\",\"actions\":["u8);

    public static RequestBuffer Node(
        this RequestBuffer body,
        int position,
        in Id node,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> type
    ) =>
        body.Add(position == 0 ? "{\"nodetask_id\":\""u8 : ",{\"nodetask_id\":\""u8)
            .Add(node)
            .Add("\",\"nodetask_name\":\""u8)
            .Add(name)
            .Add(position)
            .Add("_c3d53d\",\"node_type\":\""u8)
            .Add(type)
            .Add("\""u8);

    public static RequestBuffer Task(this RequestBuffer body, in Id task, ReadOnlySpan<byte> status) =>
        status.IsEmpty
            ? body.Add("}"u8)
            : body.Add(",\"task_id\":\""u8).Add(task).Add("\",\"task_status\":\""u8).Add(status).Add("\"}"u8);

    public static void Close(this RequestBuffer body) => body.Add("]}"u8);
}
