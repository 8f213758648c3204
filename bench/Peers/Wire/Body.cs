using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orleans.Workflow.Wire;

/// <summary>Requests and answers of the peers' endpoints.</summary>
public static class Body
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>Reads a request's body whole.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var reader = request.BodyReader;
        ReadResult read;
        do
        {
            read = await reader.ReadAtLeastAsync((int)(request.ContentLength ?? int.MaxValue));
        } while (!read.IsCompleted && read.Buffer.Length < request.ContentLength);

        var body = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return body;
    }

    /// <summary>Reads the notification in a body.</summary>
    public static VendorNotification Notification(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, WireJson.Default.VendorNotification)
        ?? throw new JsonException("The body is null.");

    /// <summary>Reads the call completion in a body.</summary>
    public static CallCompletion Call(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, WireJson.Default.CallCompletion)
        ?? throw new JsonException("The body is null.");

    /// <summary>Answers 200 <c>{}</c>.</summary>
    public static Task AcknowledgeAsync(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.ContentType = "application/json";
        response.ContentLength = EmptyObject.Length;
        return response.Body.WriteAsync(EmptyObject).AsTask();
    }

    /// <summary>Answers with a workflow, or 404.</summary>
    public static Task AnswerAsync(HttpResponse response, StoredWorkflow? workflow)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (workflow is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(workflow, WireJson.Default.StoredWorkflow);
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json).AsTask();
    }
}
