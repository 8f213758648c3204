using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Writes grain states as JSON by source-generated code; a state that the code does not know is an error, not
/// reflection.
/// </summary>
/// <param name="context">The generated code.</param>
internal sealed class SystemTextJsonStateSerializer(JsonSerializerContext context) : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input!, Info<T>()));

    /// <inheritdoc/>
    public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize(input, Info<T>());

    private JsonTypeInfo<T> Info<T>() =>
        context.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
        ?? throw new NotSupportedException(
            $"{typeof(T)} is not among the states that can be stored; add it to {context.GetType().Name}."
        );
}
