using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Vendor;

// Classes, not records: a record's text has all its values, and numbers of persons belong into no log.

/// <summary>Asks whether the vendor pushed the data of a Custom API node (documented).</summary>
public sealed class VerifyPushRequest
{
    /// <summary>The workflow, as pushed.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>The node, as pushed.</summary>
    public required string NodeId { get; init; }

    /// <summary>The number of the person, as pushed.</summary>
    public required string Callee { get; init; }

    /// <summary>The entry of the list, as pushed.</summary>
    public string? CaseId { get; init; }
}

/// <summary>Creates a workflow from a template (documented).</summary>
public sealed class CreateWorkflowRequest
{
    /// <summary>The template.</summary>
    public required long WorkflowTemplateId { get; init; }

    /// <summary>The name of the new workflow.</summary>
    public required string Name { get; init; }

    /// <summary>Its planned end. <see cref="VendorTime.Write"/> has the form that was observed.</summary>
    public required string EndTime { get; init; }

    /// <summary>The name of the template.</summary>
    public string? WorkflowTemplateName { get; init; }

    /// <summary>A name of the workflow besides.</summary>
    public string? WorkflowName { get; init; }

    /// <summary>How the workflow ends; the vendor's default is 2.</summary>
    public int? AutoFinish { get; init; }
}

/// <summary>The workflow that was created.</summary>
/// <param name="WorkflowId">Its id, where the answer was observed to have it; null if it is not there.</param>
/// <param name="Answer">The whole answer.</param>
public sealed record CreatedWorkflow(string? WorkflowId, VendorResponse Answer);

/// <summary>Adds persons to the list of a workflow (observed).</summary>
public sealed class UploadDetailsRequest
{
    /// <summary>The workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary>The persons. An integrator takes 10,000 for the limit of a workflow.</summary>
    public required IReadOnlyList<WorkflowDetail> Details { get; init; }
}

/// <summary>An entry of the list of a workflow (observed).</summary>
public sealed class WorkflowDetail
{
    /// <summary>The number, with <c>+</c>.</summary>
    public required string Callee { get; init; }

    /// <summary>What the template takes of this person.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}

/// <summary>Asks which workflows concern a person or an entry of a list (documented).</summary>
public sealed class FindWorkflowsRequest
{
    /// <summary>The entry of the list.</summary>
    public string? CaseId { get; init; }

    /// <summary>The number of the person.</summary>
    public string? Callee { get; init; }

    /// <summary>The begin of the time to look at. Its form is not documented.</summary>
    public required string StartTime { get; init; }

    /// <summary>The end of the time to look at. Its form is not documented.</summary>
    public required string EndTime { get; init; }
}

/// <summary>Asks for the details of an outbound task. Only the path is documented: give the fields yourself.</summary>
public sealed class TaskDetailsRequest
{
    /// <summary>The fields of the request.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Fields { get; } = new Dictionary<string, JsonElement>();
}

/// <summary>Sends an SMS (observed).</summary>
public sealed class SendSmsRequest
{
    /// <summary>The numbers.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The text.</summary>
    public required string Message { get; init; }

    /// <summary>The sender that is shown.</summary>
    public required string From { get; init; }

    /// <summary>Where the vendor reports what became of it.</summary>
    [JsonPropertyName("callbackUrl")]
    public Uri? CallbackUrl { get; init; }
}

/// <summary>Asks for a token (documented).</summary>
internal sealed class TokenRequest
{
    [JsonPropertyName("APPKey")]
    public required string AppKey { get; init; }

    [JsonPropertyName("APPSecret")]
    public required string AppSecret { get; init; }
}

/// <summary>Times as the vendor was observed to take them.</summary>
public static class VendorTime
{
    /// <summary>A time in the form <c>2026-01-31 18:00:00+08:00</c>.</summary>
    public static string Write(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);
}
