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
    private const int SecretSegment = 2;

    /// <summary>Moves the secret from the path into a feature of the request.</summary>
    public static void Take(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        if (Redact(request.Path) is not { } path)
            return;

        features.Set(new SecretPath(RawPath.Segment(request.RawTarget, SecretSegment)));
        request.Path = path;
        request.RawTarget = path + request.QueryString;
    }

    /// <summary>
    /// A path without its secret; null if it holds none. Whatever follows the source is taken for a secret, also where no route is:
    /// somebody may have mistyped the rest.
    /// </summary>
    public static string? Redact(string path)
    {
        if (!path.StartsWith(WebhookEndpoints.Root, StringComparison.OrdinalIgnoreCase))
            return null;

        var afterSource = path.IndexOf('/', WebhookEndpoints.Root.Length);
        if (afterSource < 0)
            return null;

        var rest = path.AsSpan(afterSource);
        var isEvent = rest.EndsWith(WebhookEndpoints.WorkflowStatus, StringComparison.OrdinalIgnoreCase);
        if (isEvent && rest.Length == WebhookEndpoints.WorkflowStatus.Length)
            return null;

        return $"{path.AsSpan(0, afterSource)}/{Redacted}{(isEvent ? WebhookEndpoints.WorkflowStatus : "")}";
    }
}
