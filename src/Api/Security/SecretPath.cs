using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// Takes the secret out of the path of a request: <c>/webhooks/{source}/{secret}/workflow-status</c> becomes
/// <c>/webhooks/{source}/REDACTED/workflow-status</c>, so that no log, trace or error can tell it.
/// </summary>
/// <param name="Secret">The secret as it was sent; null if it is not percent-encoded UTF-8.</param>
internal sealed record SecretPath(string? Secret)
{
    private const string Redacted = "REDACTED";

    /// <summary>Moves the secret from the path into a feature of the request. Slashes before and after the path of a webhook do not count.</summary>
    public static void Take(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        if (!request.Path.AsSpan().TrimStart('/').StartsWith(WebhookEndpoints.Root.AsSpan(1), StringComparison.OrdinalIgnoreCase))
            return;

        var path = Trim(request.Path);
        if (UnknownWebhook.IsBelow(path) && Redact(path, out var secretSegment) is { } redacted)
        {
            features.Set(new SecretPath(RawPath.Segment(Trim(RawPath.PathOf(request.RawTarget)), secretSegment)));
            path = redacted;
        }

        if (path == request.Path)
            return;

        request.Path = path;
        request.RawTarget = path + request.QueryString;
    }

    /// <summary>
    /// A path without its secret; null if it holds none. Whatever follows the source is taken for a secret, also where no route is:
    /// somebody may have mistyped the rest. So is what stands alone.
    /// </summary>
    private static string? Redact(string path, out int secretSegment)
    {
        var afterSource = path.IndexOf('/', WebhookEndpoints.Root.Length);
        secretSegment = afterSource < 0 ? 1 : 2;
        if (afterSource < 0)
            return WebhookEndpoints.Root + Redacted;

        var rest = path.AsSpan(afterSource);
        var isEvent = rest.EndsWith(WebhookEndpoints.WorkflowStatus, StringComparison.OrdinalIgnoreCase);
        if (isEvent && rest.Length == WebhookEndpoints.WorkflowStatus.Length)
            return null;

        // With a further segment it is the path of no webhook.
        isEvent = isEvent && rest[1..^WebhookEndpoints.WorkflowStatus.Length].IndexOf('/') < 0;

        return $"{path.AsSpan(0, afterSource)}/{Redacted}{(isEvent ? WebhookEndpoints.WorkflowStatus : "")}";
    }

    private static string Trim(ReadOnlySpan<char> path) => string.Concat("/", path.Trim('/'));
}
