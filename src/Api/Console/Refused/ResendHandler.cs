using Orleans.Workflow.Api.Operators;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Refused;

/// <summary>
/// Sends a refused request again: through the same reader and the same delivery as the webhook, under its own source.
/// </summary>
internal sealed class ResendHandler(
    SqlRejectedRequests rejected,
    NotificationDelivery delivery,
    Security.Sources sources,
    SqlOperatorLog log,
    OperatorActions actions,
    TimeProvider time
)
{
    /// <summary>Sends it, notes what came of it, and leads back to its page.</summary>
    public Task<IResult> Post(HttpContext context, string refusedId) =>
        ConsolePage.Guard(async () =>
        {
            if (
                !Guid.TryParse(refusedId, out var id)
                || await rejected.Find(id, context.RequestAborted) is not { Body: { } body, Source: { } source } request
            )
                return ConsolePage.NotFound("There is no such refused request, or its body is not kept.");

            // Before: it may be delivered although nothing comes after.
            var action = actions.Begin(context, OperatorActionKind.Resend, $"{id}");
            await log.Begin(action, context.RequestAborted);
            var resent = await Send(request.Kind, source, body.ToArray());
            await rejected.NoteResent(id, resent, action.Id, context.RequestAborted);
            return Results.Redirect(ConsoleLinks.Refused(id), permanent: false, preserveMethod: false);
        });

    private async Task<ResentRequest> Send(string? kindName, string source, byte[] body)
    {
        var kind = NotificationKinds.OfName(kindName);
        var (notification, error) = IncomingNotification.Read(
            body,
            kind,
            sources.Find(source) is { KeepsUnknown: true }
        );

        // It may have come to the path of another kind, because the sender was set up with a wrong address.
        if (notification is null && kind is not null)
            notification = IncomingNotification.Read(body, kind: null, keepsUnknown: false).Notification;

        if (notification is null)
            return new ResentRequest(time.GetUtcNow(), null, $"{error!.Path}: {error.Detail}");

        try
        {
            var answer = await delivery.Deliver(source, notification, body);
            return new ResentRequest(time.GetUtcNow(), answer.ReceiptId, ApiWords.Of(answer.Effect));
        }
        catch (WorkflowLimitException exception)
        {
            return new ResentRequest(time.GetUtcNow(), null, $"{exception.Path}: {exception.Message}");
        }
        catch (Exception exception) when (exception is WorkflowBusyException or GrainsUnavailableException)
        {
            return new ResentRequest(
                time.GetUtcNow(),
                null,
                "The storage or the cluster was busy or did not answer in time. Send it again later."
            );
        }
    }
}
