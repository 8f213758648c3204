using System.Text.Json.Serialization;

namespace Orleans.Workflow.Storage;

/// <summary>JSON in columns.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class StorageJson : JsonSerializerContext;
