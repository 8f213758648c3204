using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Answers whatever is below <c>/webhooks</c> and no webhook: a wrong path, a wrong method. It is counted, logged and
/// kept like every other refusal, because a sender that was set up with a wrong address sends its notifications there.
/// </summary>
internal sealed class UnknownWebhook(
    Sources sources,
    RefusedRequests refused,
    WebhookSettings settings,
    WebhookMetrics metrics,
    LoadShedding shedding,
    BodyBudget budget,
    TimeProvider time
)
{
    private const string Any = WebhookPath.Root + "{source}";

    private static readonly string Addresses =
        $"Send notifications as POST to {Any}, or each kind to its own path: {Any}/"
        + string.Join(", ", NotificationKinds.All.Select(static kind => kind.Path))
        + $". A secret in the path follows the source: {Any}/{{secret}}.";

    /// <summary>Answers a request that has no route.</summary>
    public Task Handle(HttpContext context) =>
        Handle(
            context,
            !HttpMethods.IsPost(context.Request.Method) && IsWebhook(context)
                ? Problem.WrongMethod($"A webhook takes POST, and this was another method. {Addresses}")
                : Problem.NotFound($"There is no such webhook, or no such secret. {Addresses}")
        );

    /// <summary>Answers a request with a problem.</summary>
    public async Task Handle(HttpContext context, Problem problem)
    {
        var start = time.GetTimestamp();
        await Answer(context, problem);
        metrics.Answered(context.Response.StatusCode, time.GetElapsedTime(start));
    }

    private async Task Answer(HttpContext context, Problem problem)
    {
        using var place = shedding.Enter();
        if (!place.IsAcquired)
        {
            await LoadShedding.Refuse(context.Response);
            return;
        }

        var (name, secret) = Claimed(context);
        var (source, verdict) = sources.Authenticate(
            name,
            secret,
            context.Request.Headers.Authorization,
            context.Connection.RemoteIpAddress
        );
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
    }

    /// <summary>
    /// Whether the path of a request is that of a webhook. Where it names no kind it ends with a source or a secret,
    /// which must be there: somebody may have mistyped the path of a kind.
    /// </summary>
    public bool IsWebhook(HttpContext context) =>
        WebhookPath.Read(context.Request.Path.Value!) switch
        {
            null => false,
            { Kind: not null } => true,
            { HasSecret: false } => context.Features.Get<SecretPath>() is null,
            var webhook => sources.HaveSecret(webhook.Source, context.Features.GetRequiredFeature<SecretPath>().Secret),
        };

    /// <summary>
    /// The source that a path names, and the secret in it; what is no path of a webhook may hold either of them.
    /// </summary>
    private static (string Name, string? Secret) Claimed(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var afterRoot = WebhookPath.IsBelow(path) ? path[WebhookPath.Root.Length..] : string.Empty;
        var taken = context.Features.Get<SecretPath>();
        return afterRoot.Split('/') is [var name, _, ..]
            ? (name, context.Request.Headers.Authorization.Count == 0 ? taken?.Secret : null)
            : (taken?.Secret ?? afterRoot, null);
    }
}
