using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>The body of a receipt that makes nodes known which facts are about.</summary>
/// <param name="WorkflowName">The workflow's name; null if the fact has none.</param>
/// <param name="Actions">The nodes.</param>
internal sealed record Introduction(string? WorkflowName, ImmutableArray<IntroducedNode> Actions)
{
    /// <summary>What a fact says of its workflow and its nodes.</summary>
    public static Introduction By(Fact fact) =>
        new(
            fact.WorkflowName,
            ImmutableArray.CreateRange(fact.Nodes, static node => new IntroducedNode(
                node.NodeTaskId,
                node.NodeTaskName,
                node.NodeType
            ))
        );

    /// <summary>Reads a stored body; null if it is none.</summary>
    public static Introduction? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, IntroductionJson.Default.Introduction);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body as it is stored.</summary>
    public byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(this, IntroductionJson.Default.Introduction);

    /// <summary>The notification that the fold takes: it has no status.</summary>
    public StatusChange Of(string workflowId) =>
        new(
            workflowId,
            WorkflowName,
            Status: null,
            ImmutableArray.CreateRange(Actions, static node => new StatusChangeAction(
                node.NodetaskId,
                node.NodetaskName,
                node.NodeType,
                TaskId: null,
                TaskStatus: null
            ))
        );
}

/// <summary>A node in an introduction.</summary>
/// <param name="NodetaskId">The vendor's id.</param>
/// <param name="NodetaskName">The vendor's name for it; null if the fact has none.</param>
/// <param name="NodeType">The vendor's type; null if the fact has none.</param>
internal sealed record IntroducedNode(string NodetaskId, string? NodetaskName, string? NodeType);

/// <summary>How introductions are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Introduction))]
internal sealed partial class IntroductionJson : JsonSerializerContext;
