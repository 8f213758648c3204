using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Facts;

/// <summary>Makes facts as they are delivered to their node's grain.</summary>
internal static class Calls
{
    /// <summary>A call of the node <c>n</c>.</summary>
    public static Fact Of(string id, string? value) =>
        new(
            FactKind.CallCompletion,
            "w",
            "Lent",
            "n",
            [Named("n")],
            $"{id}/{value}",
            value,
            "task",
            $"case {id}",
            "+15550100",
            DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time)
        );

    /// <summary>A node as facts name it.</summary>
    public static StatusChangeAction Named(string node) => new(node, "Lent node", "call", null, null);

    /// <summary>A receipt of a fact about a workflow.</summary>
    public static FactReceipt Receipt(string workflow, Fact fact, string body = "{}") =>
        new(
            Guid.CreateVersion7(),
            DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
            "airudder",
            fact with
            {
                WorkflowId = workflow,
            },
            Encoding.UTF8.GetBytes(body)
        );
}
