namespace Orleans.Workflow.Api.Console.Parts;

/// <summary>The signs of the kinds of node tasks.</summary>
public static class NodeSigns
{
    /// <summary>The sign of a node type: one of the vendor's own that has one, else that of any node.</summary>
    public static string Of(string nodeType)
    {
        ArgumentNullException.ThrowIfNull(nodeType);
        return nodeType.Contains("whatsapp", StringComparison.OrdinalIgnoreCase) ? "whatsapp"
            : nodeType.Contains("sms", StringComparison.OrdinalIgnoreCase) ? "sms"
            : nodeType.Contains("call", StringComparison.OrdinalIgnoreCase) ? "call"
            : "node";
    }
}
