using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Vendor;

/// <summary>The JSON of requests: the vendor's style, snake case, source-generated.</summary>
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(VerifyPushRequest))]
[JsonSerializable(typeof(CreateWorkflowRequest))]
[JsonSerializable(typeof(UploadDetailsRequest))]
[JsonSerializable(typeof(FindWorkflowsRequest))]
[JsonSerializable(typeof(TaskDetailsRequest))]
[JsonSerializable(typeof(SendSmsRequest))]
internal sealed partial class VendorJson : JsonSerializerContext
{
    /// <summary>Writes <c>+</c> as it is: whether the vendor reads every escape is not known.</summary>
    public static VendorJson Relaxed { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
