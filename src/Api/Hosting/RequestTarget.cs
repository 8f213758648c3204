using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Makes one form of a request's target the only one that anything sees. The server decodes a path, takes <c>.</c> and
/// <c>..</c> out of it and routes by the result, while ids are read from the path as it was sent: wherever the two
/// differ, a route could answer with another id.
/// </summary>
internal static class RequestTarget
{
    /// <summary>
    /// Takes the path base off, reads the absolute form as the other, and marks what has no single meaning.
    /// </summary>
    /// <param name="features">The request.</param>
    /// <param name="pathBase">The path below which the service is reached; empty for the root.</param>
    public static void Normalise(IFeatureCollection features, PathString pathBase)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var target = request.RawTarget;
        if (pathBase.HasValue)
        {
            // It is in the path if the proxy in front passes paths on as they are, and not if it takes the prefix off.
            request.PathBase = pathBase.Value;
            if (new PathString(request.Path).StartsWithSegments(pathBase, StringComparison.Ordinal, out var rest))
            {
                request.Path = rest.HasValue ? rest.Value : "/";
                if (target.StartsWith(pathBase.Value, StringComparison.Ordinal))
                    target = request.RawTarget = target[pathBase.Value.Length..] is ['/', ..] after
                        ? after
                        : "/" + target[pathBase.Value.Length..];
            }
        }

        if (target is ['/', ..] && !target.Contains('%') && !target.Contains("/.", StringComparison.Ordinal))
            return;

        var path = RawPath.PathOf(target);
        if (HasDotSegments(path))
        {
            features.Set(AmbiguousTarget.Mark);

            // What was taken out may have been a secret.
            request.RawTarget = request.Path + request.QueryString;
        }
        else if (target is not ['/', ..] && path is ['/', ..])
        {
            // Of the absolute form the server decodes %2F as well.
            request.RawTarget = string.Concat(path, request.QueryString);
            request.Path = Decode(path);
        }
    }

    /// <summary>Refuses what has no single meaning.</summary>
    public static void UseUnambiguousTargets(this WebApplication app)
    {
        var webhooks = app.Services.GetRequiredService<UnknownWebhook>();
        app.Use(
            (context, next) =>
                context.Features.Get<AmbiguousTarget>() is null ? next(context)
                : WebhookPath.IsBelow(context.Request.Path) ? webhooks.Handle(context, Problem.AmbiguousPath())
                : Problem.AmbiguousPath().Write(context.Response)
        );
    }

    private static bool HasDotSegments(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            // A dot is one character, or three percent-encoded.
            if (path[range] is { Length: > 0 and <= 6 } segment && RawPath.Decode(segment) is "." or "..")
                return true;
        }

        return false;
    }

    /// <summary>
    /// A path as the server decodes it in the usual form: a slash stays percent-encoded, and so does what is not UTF-8.
    /// </summary>
    private static string Decode(ReadOnlySpan<char> path)
    {
        var decoded = new StringBuilder(path.Length);
        var isFirst = true;
        foreach (var range in path.Split('/'))
        {
            decoded.Append(isFirst ? "" : "/");
            decoded.Append(
                RawPath.Decode(path[range])?.Replace("/", "%2F", StringComparison.Ordinal) ?? path[range].ToString()
            );
            isFirst = false;
        }

        return decoded.ToString();
    }

    private sealed class AmbiguousTarget
    {
        public static readonly AmbiguousTarget Mark = new();
    }
}
