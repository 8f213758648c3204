using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.Security;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Answers whatever is below <c>/webhooks</c> and no webhook: a wrong path, a wrong method. It is counted, logged and kept like every other
/// refusal, because a sender that was set up with a wrong address sends its notifications there.
/// </summary>
internal sealed class UnknownWebhook(
    Sources sources, RefusedRequests refused, WebhookSettings settings, WebhookMetrics metrics,
    LoadShedding shedding, BodyBudget budget, TimeProvider time)
{
    private const string Address = WebhookEndpoints.Root + "{source}" + WebhookEndpoints.WorkflowStatus;
    private const string AddressWithSecret = WebhookEndpoints.Root + "{source}/{secret}" + WebhookEndpoints.WorkflowStatus;

    /// <summary>Whether a path is below <c>/webhooks</c>.</summary>
    public static bool IsBelow(string path) => path.StartsWith(WebhookEndpoints.Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers a request that has no route.</summary>
    public Task Handle(HttpContext context) => Handle(context, IsWebhook(context.Request.Path.Value!)
        ? Problem.WrongMethod($"A webhook takes POST, and this was another method. Send it to {Address} as POST.")
        : Problem.NotFound($"There is no such webhook. Send notifications to {Address}, or with the secret in the path to {AddressWithSecret}."));

    /// <summary>Answers a request with a problem.</summary>
    public async Task Handle(HttpContext context, Problem problem)
    {
        using var place = shedding.Enter();
        if (!place.IsAcquired)
        {
            await LoadShedding.Refuse(context.Response);
            return;
        }

        var (name, secret) = Claimed(context);
        var (source, verdict) = sources.Authenticate(name, secret, context.Request.Headers.Authorization, context.Connection.RemoteIpAddress);
        if (source is null)
        {
            await refused.RefuseStranger(context, name, verdict, problem);
        }
        else if (!source.TryAdmit(out var retryAfter))
        {
            await Problem.TooFast(source.Name).Write(context.Response, retryAfter);
        }
        else
        {
            using var share = budget.Enter();
            var (body, _) = await RequestBody.Read(context.Request, settings, share, time, context.RequestAborted);
            await refused.RefuseUnknown(context, source.Name, problem, body is { Length: > 0 } ? body : null);
        }

        metrics.Refused(context.Response.StatusCode);
    }

    private static bool IsWebhook(string path) =>
        path.EndsWith(WebhookEndpoints.WorkflowStatus, StringComparison.OrdinalIgnoreCase)
        && path.AsSpan().Count('/') is 3 or 4 && !path.Contains("//", StringComparison.Ordinal);

    /// <summary>The source that a path names, and the secret in it; what is no path of a webhook may hold either of them.</summary>
    private static (string Name, string? Secret) Claimed(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var afterRoot = IsBelow(path) ? path[WebhookEndpoints.Root.Length..] : string.Empty;
        var taken = context.Features.Get<SecretPath>();
        return afterRoot.Split('/') is [var name, _, ..]
            ? (name, context.Request.Headers.Authorization.Count == 0 ? taken?.Secret : null)
            : (taken?.Secret ?? afterRoot, null);
    }
}
