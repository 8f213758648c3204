using System.Net;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Answers what is refused below <c>/webhooks</c>, and keeps it.</summary>
internal sealed class RefusedRequests(
    SqlRejectedRequests rejected,
    RefusedAttempts attempts,
    TimeProvider time,
    ILogger<RefusedRequests> logger
)
{
    /// <summary>Refuses a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="source">The source that it comes from; null if it proves none.</param>
    /// <param name="problem">Why.</param>
    /// <param name="body">Its body; null if it is not kept.</param>
    public async Task Refuse(HttpContext context, string? source, Problem problem, ReadOnlyMemory<byte>? body)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await rejected.Add(
            new RejectedRequest(
                id,
                now,
                source,
                problem.Status,
                problem.Path,
                problem.Detail,
                context.Request.ContentType,
                body
            )
            {
                Kind = WebhookPath.Read(context.Request.Path.Value!)?.Kind?.Name,
            }
        );
        await (problem with { RejectionId = id }).Write(context.Response);
    }

    /// <summary>
    /// Refuses a request that proves no source, and logs it. Beyond a rate it is answered 429 and leaves nothing
    /// behind: a stranger must not fill the disk, and must not push out of the table what senders sent.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="sourceName">The source that it names.</param>
    /// <param name="verdict">Why it proves none.</param>
    /// <param name="problem">The answer.</param>
    public async Task RefuseStranger(HttpContext context, string sourceName, SourceVerdict verdict, Problem problem)
    {
        if (!attempts.TryKeep(out var retryAfter))
        {
            await Problem
                .TooMany("Too many requests without a valid credential; a valid one is taken at any time.")
                .Write(context.Response, retryAfter);
            return;
        }

        var known = verdict == SourceVerdict.UnknownSource ? "unknown" : sourceName;
        Log.SourceRefused(logger, Address(context), verdict, known);
        if (problem.Status != StatusCodes.Status401Unauthorized)
            Log.UnknownWebhook(logger, Address(context), problem.Status, known);

        await Refuse(context, null, problem, body: null);
    }

    /// <summary>
    /// Refuses what is not signed as its source must sign, and logs it. Where nothing else proves the source, it is a
    /// stranger's.
    /// </summary>
    public Task RefuseUnsigned(
        HttpContext context,
        Source source,
        SourceVerdict verdict,
        Problem problem,
        ReadOnlyMemory<byte> body
    )
    {
        if (source.IsProvenBySignatureOnly)
            return RefuseStranger(context, source.Name, verdict, problem);

        Log.SourceRefused(logger, Address(context), verdict, source.Name);
        return Refuse(context, source.Name, problem, body);
    }

    /// <summary>Refuses what a source sent to a webhook that does not exist, and logs it.</summary>
    public Task RefuseUnknown(HttpContext context, string source, Problem problem, ReadOnlyMemory<byte>? body)
    {
        Log.UnknownWebhook(logger, Address(context), problem.Status, source);
        if (problem.Status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers[HeaderNames.Allow] = HttpMethods.Post;

        return Refuse(context, source, problem, body);
    }

    private static IPAddress? Address(HttpContext context) => context.Connection.RemoteIpAddress;
}
