using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Orleans.Workflow.PlainOrleans;

/// <summary>States as JSON, by source-generated System.Text.Json.</summary>
internal sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) =>
        new(JsonSerializer.SerializeToUtf8Bytes(input, typeof(T), StateJson.Default));

    public T Deserialize<T>(BinaryData input) =>
        (T)JsonSerializer.Deserialize(input.ToMemory().Span, typeof(T), StateJson.Default)!;
}

/// <summary>JSON of the states, without reflection.</summary>
[JsonSerializable(typeof(WorkflowState))]
[JsonSerializable(typeof(NodeState))]
internal sealed partial class StateJson : JsonSerializerContext;
