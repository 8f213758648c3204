using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Takes the vendor's notifications. Answers 200 only when a status change is folded, or a fact kept, and durable; what
/// is refused is kept.
/// </summary>
internal sealed class Webhook(
    NotificationDelivery delivery,
    RecentNotifications recent,
    Sources sources,
    RefusedRequests refused,
    PushVerifier pushes,
    UnknownWebhook unknown,
    WebhookSettings settings,
    WebhookMetrics metrics,
    NotificationOutage outage,
    LoadShedding shedding,
    BodyBudget budget,
    TimeProvider time
)
{
    private const string Signature = "X-AIRudder-Sign";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sourceName">The source named in the path.</param>
    /// <param name="pathSecret">The secret in the path, if there is one.</param>
    /// <param name="kind">The kind of notification that the path names; null if the body says it.</param>
    public async Task Handle(HttpContext context, string sourceName, string? pathSecret, NotificationKind? kind)
    {
        if (kind is null && !unknown.IsWebhook(context))
        {
            await unknown.Handle(context);
            return;
        }

        var start = time.GetTimestamp();
        try
        {
            await Answer(context, sourceName, pathSecret, kind);
            metrics.Answered(context.Response.StatusCode, time.GetElapsedTime(start));
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            metrics.Answered(Unavailability.StatusOf(exception), time.GetElapsedTime(start));
            throw;
        }
    }

    private async Task Answer(HttpContext context, string sourceName, string? pathSecret, NotificationKind? kind)
    {
        using var place = shedding.Enter();
        if (!place.IsAcquired)
        {
            await LoadShedding.Refuse(context.Response);
            return;
        }

        var source = await Admit(context, sourceName, pathSecret);
        using var share = budget.Enter();
        var (body, notification) = source is null ? default : await Read(context, source, kind, share);
        if (notification is not null)
            await Deliver(context, source!.Name, notification, body!);

        if (context.Response.StatusCode == StatusCodes.Status200OK)
            metrics.Repaired(notification!.Repairs);
    }

    /// <summary>The source that may send this; null if it may not, which is answered.</summary>
    private async ValueTask<Source?> Admit(HttpContext context, string sourceName, string? pathSecret)
    {
        var (source, verdict) = sources.Authenticate(
            sourceName,
            pathSecret,
            context.Request.Headers.Authorization,
            context.Connection.RemoteIpAddress
        );
        if (source is null)
        {
            await refused.RefuseStranger(context, sourceName, verdict, Problem.Unauthorized());
            return null;
        }

        if (!source.TryAdmit(out var retryAfter))
        {
            await Problem.TooFast(source.Name).Write(context.Response, retryAfter);
            return null;
        }

        return source;
    }

    /// <summary>The body with what it says; nothing if it cannot be taken, which is answered.</summary>
    private async ValueTask<(byte[]? Body, IncomingNotification? Notification)> Read(
        HttpContext context,
        Source source,
        NotificationKind? kind,
        BodyBudget.Share share
    )
    {
        var (sent, problem) = await RequestBody.ReadAsSent(
            context.Request,
            settings,
            share,
            time,
            context.RequestAborted
        );
        if (problem is { Status: StatusCodes.Status429TooManyRequests })
        {
            await problem.Write(context.Response, RetryAfter);
            return default;
        }

        if (sent is null)
        {
            await refused.Refuse(context, source.Name, problem!, body: null);
            return default;
        }

        var (body, undecoded) = ContentCoding.Decode(
            sent,
            context.Request.Headers.ContentEncoding,
            settings.MaxBodyBytes
        );
        if (share.Cover(body?.Length ?? 0) is { } tooMany)
        {
            await tooMany.Write(context.Response, RetryAfter);
            return default;
        }

        var signed = source.CheckSignature(sent, context.Request.Headers[Signature]);
        if (signed != SourceVerdict.Accepted)
        {
            await refused.RefuseUnsigned(context, source, signed, ProblemOf(signed), body ?? sent);
            return default;
        }

        if (body is null)
        {
            if (undecoded!.Status == StatusCodes.Status415UnsupportedMediaType)
                context.Response.Headers.AcceptEncoding = ContentCoding.Taken;

            await refused.Refuse(context, source.Name, undecoded, sent);
            return default;
        }

        return (body, await Understand(context, source, kind, body));
    }

    /// <summary>What a body says; null if it is not understood, which is answered.</summary>
    private async ValueTask<IncomingNotification?> Understand(
        HttpContext context,
        Source source,
        NotificationKind? kind,
        byte[] body
    )
    {
        // Another type may mean another thing. Without a type, or with one of JSON, the body itself says what it is.
        if (!IsJson(context.Request.ContentType))
        {
            await refused.Refuse(context, source.Name, Problem.UnsupportedMediaType(), body);
            return null;
        }

        var (notification, error) = IncomingNotification.Read(body, kind, source.KeepsUnknown, recent);
        if (notification is null)
        {
            await refused.Refuse(context, source.Name, Problem.BadRequest(error!.Detail, error.Path), body);
            return null;
        }

        (notification, var problem) = await pushes.Verify(source, notification);
        if (problem is null)
            return notification;

        await (
            problem.Status == StatusCodes.Status503ServiceUnavailable
                ? problem.Write(context.Response, RetryAfter)
                : refused.Refuse(context, source.Name, problem, body)
        );
        return null;
    }

    private async Task Deliver(HttpContext context, string source, IncomingNotification notification, byte[] body)
    {
        var response = context.Response;
        try
        {
            var answer = await delivery.Deliver(source, notification, body);
            outage.Acknowledged();
            response.Headers["X-Receipt-Id"] = answer.ReceiptId.ToString();
            response.Headers["X-Effect"] = ApiWords.Of(answer.Effect);
            if (notification.Change is not null)
                response.Headers["X-Workflow-Version"] = answer.Version.ToString();

            response.ContentType = MediaTypeNames.Application.Json;
            response.ContentLength = EmptyObject.Length;
            await response.Body.WriteAsync(EmptyObject, CancellationToken.None);
        }
        catch (WorkflowBusyException exception)
        {
            await Problem.TooMany(exception.Message).Write(response, RetryAfter);
        }
        catch (WorkflowLimitException exception)
        {
            await refused.Refuse(context, source, Problem.BadRequest(exception.Message, exception.Path), body);
        }
        catch (GrainsUnavailableException exception)
        {
            outage.Refused(exception);
            await Problem.Unavailable().Write(response, RetryAfter);
        }
    }

    private static Problem ProblemOf(SourceVerdict signed) =>
        signed == SourceVerdict.NotSigned ? Problem.NotSigned(Signature) : Problem.WronglySigned(Signature);

    private static bool IsJson(string? contentType) =>
        string.IsNullOrWhiteSpace(contentType)
        || (
            MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (
                type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
                || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
            )
        );
}
