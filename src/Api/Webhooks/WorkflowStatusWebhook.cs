using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Takes the vendor's Workflow Status Change notifications. Answers 200 only when the notification is folded and durable; what is
/// refused is kept.
/// </summary>
internal sealed class WorkflowStatusWebhook(
    NotificationDelivery delivery,
    Sources sources,
    IRejectedRequests rejected,
    WebhookSettings settings,
    TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sourceName">The source named in the path.</param>
    /// <param name="pathSecret">The secret in the path, if there is one.</param>
    public async Task Handle(HttpContext context, string sourceName, string? pathSecret)
    {
        if (sources.Authenticate(sourceName, pathSecret, context.Request.Headers.Authorization) is not { } source)
        {
            await Refuse(context, null, Problem.Unauthorized(), body: null);
            return;
        }

        if (!source.TryAdmit(out var retryAfter))
        {
            await Problem.TooMany($"The source {source.Name} sends more than it may; its limit is Sources:{source.Name}:RatePerSecond.")
                .Write(context.Response, retryAfter);
            return;
        }

        if (!IsJson(context.Request.ContentType))
        {
            await Refuse(context, source.Name, Problem.UnsupportedMediaType(), body: null);
            return;
        }

        if (await RequestBody.Read(context.Request, settings.LargestBody, context.RequestAborted) is not { } body)
        {
            await Refuse(context, source.Name, Problem.TooLarge(settings.LargestBody), body: null);
            return;
        }

        var (notification, error) = NotificationReader.Read(body);
        if (notification is null)
            await Refuse(context, source.Name, Problem.BadRequest(error!.Detail, error.Path), body);
        else
            await Deliver(context, source.Name, notification, body);
    }

    private async Task Deliver(HttpContext context, string source, StatusChange notification, byte[] body)
    {
        var response = context.Response;
        try
        {
            var answer = await delivery.Deliver(source, notification, body);
            response.Headers["X-Receipt-Id"] = answer.ReceiptId.ToString();
            response.Headers["X-Effect"] = ApiWords.Of(answer.Effect);
            response.Headers["X-Workflow-Version"] = answer.Version.ToString();
            response.ContentType = MediaTypeNames.Application.Json;
            response.ContentLength = EmptyObject.Length;
            await response.Body.WriteAsync(EmptyObject, CancellationToken.None);
        }
        catch (WorkflowBusyException exception)
        {
            await Problem.TooMany(exception.Message).Write(response, RetryAfter);
        }
        catch (NotAvailableException)
        {
            await Problem.Unavailable().Write(response, RetryAfter);
        }
    }

    private async Task Refuse(HttpContext context, string? source, Problem problem, ReadOnlyMemory<byte>? body)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await rejected.Add(new RejectedRequest(
            id, now, source, problem.Status, problem.Path, problem.Detail, context.Request.ContentType, body));
        await (problem with { RejectionId = id }).Write(context.Response);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);
}
