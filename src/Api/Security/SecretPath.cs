using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// Takes the secret out of the path of a request: <c>/webhooks/{source}/{secret}/workflow-status</c> becomes
/// <c>/webhooks/{source}/REDACTED/workflow-status</c>, so that no log, trace or error shows it.
/// </summary>
/// <param name="Secret">The secret as it was sent; null if it is not percent-encoded UTF-8.</param>
internal sealed record SecretPath(string? Secret)
{
    private const string Redacted = "REDACTED";

    /// <summary>
    /// Moves the secret from the path into a feature of the request. Slashes before and after the path of a webhook do
    /// not count.
    /// </summary>
    /// <param name="features">The features of the request.</param>
    /// <param name="sources">The sources: another name alone behind <c>/webhooks</c> may be a secret.</param>
    public static void Take(IFeatureCollection features, Sources sources)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        if (
            !request
                .Path.AsSpan()
                .TrimStart('/')
                .StartsWith(WebhookPath.Root.AsSpan(1), StringComparison.OrdinalIgnoreCase)
        )
            return;

        var path = Trim(request.Path);
        if (WebhookPath.IsBelow(path) && Redact(path, sources, out var secretSegment) is { } redacted)
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
    /// A path without its secret; null if it holds none. Whatever follows the source, and is not the path of a kind, is
    /// taken for a secret, also where no route is: somebody may have mistyped the rest. So is what is alone and no
    /// source.
    /// </summary>
    private static string? Redact(string path, Sources sources, out int secretSegment)
    {
        var webhook = WebhookPath.Read(path);
        var isAlone = webhook is { HasSecret: false, Kind: null };
        secretSegment = isAlone ? 1 : 2;
        if (isAlone)
            return sources.Has(webhook!.Source) ? null : WebhookPath.Root + Redacted;

        if (webhook is { HasSecret: false })
            return null;

        // The path of no webhook must not become that of one.
        var rest =
            webhook is null ? $"/{Redacted}"
            : webhook.Kind is { } kind ? $"/{kind.Path}"
            : string.Empty;
        return $"{path.AsSpan(0, path.IndexOf('/', WebhookPath.Root.Length))}/{Redacted}{rest}";
    }

    private static string Trim(ReadOnlySpan<char> path) => string.Concat("/", path.Trim('/'));
}
