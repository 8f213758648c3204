using System.Buffers;
using System.Data.Common;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// One reader's stream of events. It has at most one batch in hand: who is slower than the buffer reads from the log, at its own pace,
/// and who stops reading is cut off. Whatever ends it, the reader goes on from the last id that it got.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="filter">Whose changes are wanted.</param>
/// <param name="tail">What is read of them for all.</param>
/// <param name="source">Gives them from there, or from the log.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedStream(HttpContext context, FeedFilter filter, FeedTail tail, FeedSource source, TimeProvider time)
{
    /// <summary>How long nothing may be sent: proxies close connections that are silent.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How long the reader may take for what was handed to the network.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private const int LargestWrite = 32 * 1024;

    private readonly PipeWriter _body = context.Response.BodyWriter;
    private int _unflushed;

    /// <summary>Sends everything after a position, until the reader or the process goes.</summary>
    public async Task Run(long after, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = FeedEvent.ContentType;
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await SendAll(after, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The reader went, or the process is about to.
        }
        catch (TimeoutException)
        {
            context.Abort();
        }
    }

    private async Task SendAll(long after, CancellationToken cancellationToken)
    {
        _body.Write("retry: 1000\n"u8);
        await SendPlace(after, cancellationToken);
        var (sentAt, owesSign) = (time.GetTimestamp(), false);
        while (true)
        {
            if (await Next(after, cancellationToken) is not { } batch)
                return;

            after = batch.End;
            var isSent = false;
            foreach (var wanted in batch.Events.Where(filter.Admits))
            {
                owesSign = filter.Every is not null;
                if (owesSign)
                    break;

                await Send(wanted.Frame, cancellationToken);
                isSent = true;
            }

            if (owesSign && time.GetElapsedTime(sentAt) >= filter.Every)
            {
                FeedEvent.WriteSign(_body, after);
                (isSent, owesSign) = (true, false);
            }

            if (!isSent && time.GetElapsedTime(sentAt) >= Heartbeat)
            {
                await SendPlace(after, cancellationToken);
                isSent = true;
            }

            if (isSent)
            {
                await Flush(cancellationToken);
                sentAt = time.GetTimestamp();
            }

            var pause = owesSign && filter.Every is { } every ? every : Heartbeat;
            await WhenBeyond(after, pause - time.GetElapsedTime(sentAt), cancellationToken);
        }
    }

    /// <summary>The next events, once the database answers; null if some were removed before they could be read.</summary>
    private async Task<FeedBatch?> Next(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await source.Read(tail, filter.WorkflowId, after, cancellationToken);
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
            {
                await SendPlace(after, cancellationToken);
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    private async Task WhenBeyond(long position, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var more = tail.Buffer.WhenBeyond(position);
        if (more.IsCompleted || atMost <= TimeSpan.Zero)
            return;

        try
        {
            await more.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time for a heartbeat.
        }
    }

    private async ValueTask SendPlace(long position, CancellationToken cancellationToken)
    {
        FeedEvent.WritePlace(_body, position);
        await Flush(cancellationToken);
    }

    /// <summary>Writes in pieces, so that the patience is with each of them and not with the whole of a large event.</summary>
    private async ValueTask Send(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        while (!frame.IsEmpty)
        {
            var piece = frame[..Math.Min(frame.Length, LargestWrite - _unflushed)];
            _body.Write(piece.Span);
            frame = frame[piece.Length..];
            _unflushed += piece.Length;
            if (_unflushed == LargestWrite)
                await Flush(cancellationToken);
        }
    }

    private async ValueTask Flush(CancellationToken cancellationToken)
    {
        _unflushed = 0;
        var flush = _body.FlushAsync(cancellationToken);
        var result = flush.IsCompleted ? await flush : await flush.AsTask().WaitAsync(Patience, time, cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException();
    }
}
