using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Reads a whole body.</summary>
internal static class RequestBody
{
    /// <summary>The body, decoded; null with the problem if that can't be had.</summary>
    public static async ValueTask<(byte[]? Body, Problem? Problem)> Read(
        HttpRequest request,
        WebhookSettings settings,
        BodyBudget.Share share,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (body, problem) = await ReadAsSent(request, settings, share, time, cancellationToken);
        return body is null
            ? (null, problem)
            : ContentCoding.Decode(body, request.Headers.ContentEncoding, settings.MaxBodyBytes);
    }

    /// <summary>
    /// The body as it was sent, copied once; null with the problem if it is larger, or takes longer, than is allowed,
    /// or breaks off.
    /// </summary>
    public static async ValueTask<(byte[]? Body, Problem? Problem)> ReadAsSent(
        HttpRequest request,
        WebhookSettings settings,
        BodyBudget.Share share,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var limit = settings.MaxBodyBytes;
        if (request.ContentLength > limit)
            return (null, Problem.TooLarge(limit));

        // Before anything of it is received, if the request says how long it is.
        if (share.Cover(request.ContentLength ?? 0) is { } refusal)
            return (null, refusal);

        var reader = request.BodyReader;
        ITimer? timer = null;
        try
        {
            while (true)
            {
                var reading = reader.ReadAsync(cancellationToken);

                // Most bodies come with their headers; only a body that is waited for needs a timer.
                if (!reading.IsCompleted)
                    timer ??= time.CreateTimer(
                        static state => ((PipeReader)state!).CancelPendingRead(),
                        reader,
                        settings.BodyTimeout,
                        Timeout.InfiniteTimeSpan
                    );

                var result = await reading;
                var buffer = result.Buffer;
                if ((Refusal(result, limit) ?? share.Cover(buffer.Length)) is { } refused)
                {
                    reader.AdvanceTo(buffer.End);
                    return (null, refused);
                }

                if (result.IsCompleted)
                {
                    var body = buffer.ToArray();
                    reader.AdvanceTo(buffer.End);
                    return (body, null);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (BadHttpRequestException exception)
        {
            // The server's own limits: too few bytes a second, or a chunk that is none.
            return (null, Problem.OfStatus(exception.StatusCode));
        }
        finally
        {
            if (timer is not null)
                await timer.DisposeAsync();
        }
    }

    /// <summary>Why what was read so far is refused; null if it is not.</summary>
    private static Problem? Refusal(ReadResult result, int limit) =>
        result.IsCanceled ? Problem.OfStatus(StatusCodes.Status408RequestTimeout)
        : result.Buffer.Length > limit ? Problem.TooLarge(limit)
        : null;
}
