using System.Net;
using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Hosting;
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
    RecentNotifications recent,
    Sources sources,
    RefusedAttempts attempts,
    IRejectedRequests rejected,
    WebhookSettings settings,
    WebhookMetrics metrics,
    LoadShedding shedding,
    TimeProvider time,
    ILogger<WorkflowStatusWebhook> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sourceName">The source named in the path.</param>
    /// <param name="pathSecret">The secret in the path, if there is one.</param>
    public async Task Handle(HttpContext context, string sourceName, string? pathSecret)
    {
        using var place = shedding.Enter();
        if (!place.IsAcquired)
        {
            await LoadShedding.Refuse(context.Response);
            return;
        }

        var start = time.GetTimestamp();
        var source = await Admit(context, sourceName, pathSecret);
        var (body, notification) = source is null ? default : await Read(context, source);
        if (notification is not null)
            await Deliver(context, source!.Name, notification, body!);

        if (context.Response.StatusCode == StatusCodes.Status200OK)
            metrics.Acknowledged(time.GetElapsedTime(start));
        else
            metrics.Refused(context.Response.StatusCode);
    }

    /// <summary>The source that may send this; null if it may not, which is answered.</summary>
    private async ValueTask<Source?> Admit(HttpContext context, string sourceName, string? pathSecret)
    {
        var address = context.Connection.RemoteIpAddress;
        var (source, verdict) = sources.Authenticate(sourceName, pathSecret, context.Request.Headers.Authorization, address);
        if (source is null)
        {
            await RefuseAttempt(context, sourceName, verdict, address);
            return null;
        }

        if (!source.TryAdmit(out var retryAfter))
        {
            await Problem.TooMany($"The source {source.Name} sends more than it may; its limit is Sources:{source.Name}:RatePerSecond.")
                .Write(context.Response, retryAfter);
            return null;
        }

        return source;
    }

    /// <summary>The body with what it says; nothing if it cannot be taken, which is answered.</summary>
    private async ValueTask<(byte[]? Body, StatusChange? Notification)> Read(HttpContext context, Source source)
    {
        if (!IsJson(context.Request.ContentType))
        {
            await Refuse(context, source.Name, Problem.UnsupportedMediaType(), body: null);
            return default;
        }

        var (body, problem) = await RequestBody.Read(context.Request, settings, time, context.RequestAborted);
        if (body is null)
        {
            await Refuse(context, source.Name, problem!, body: null);
            return default;
        }

        var (notification, error) = NotificationReader.Read(body, recent);
        if (notification is null)
            await Refuse(context, source.Name, Problem.BadRequest(error!.Detail, error.Path), body);

        return (body, notification);
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

    private async Task RefuseAttempt(HttpContext context, string sourceName, SourceVerdict verdict, IPAddress? address)
    {
        if (!attempts.TryKeep(out var retryAfter))
        {
            await Problem.TooMany("Too many requests without a valid credential; a valid one is taken at any time.").Write(context.Response, retryAfter);
            return;
        }

        Log.SourceRefused(logger, address, verdict, verdict == SourceVerdict.UnknownSource ? "unknown" : sourceName);
        await Refuse(context, null, Problem.Unauthorized(), body: null);
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
