using System.Buffers;
using System.Data.Common;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// One reader's stream of events. It holds at most one batch: a reader that is slower than the buffer reads from the
/// log, at its own pace, and one that stops reading is cut off. Whatever ends the stream, the reader continues from the
/// last id that it got.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="filter">Whose changes are wanted.</param>
/// <param name="tail">What is read of them for all.</param>
/// <param name="source">Gives them from there, or from the log.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedStream(
    HttpContext context,
    FeedFilter filter,
    FeedTail tail,
    FeedSource source,
    TimeProvider time
)
{
    /// <summary>How long nothing may be sent: proxies close connections that are silent.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How long the reader may take for what was handed to the network.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private const int MaxWrite = 32 * 1024;

    private readonly PipeWriter _body = context.Response.BodyWriter;
    private readonly WorkflowScan? _scan = filter.WorkflowId is { } workflowId ? new(workflowId) : null;
    private int _unflushed;

    /// <summary>
    /// Sends all after a position, until the reader, the process, the credential or the history ends.
    /// </summary>
    public async Task Run(ChangePosition after, CancellationToken cancellationToken)
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
            // The stream ends; the reader comes again with its last id, or learns why it can't.
        }
        catch (TimeoutException)
        {
            context.Abort();
        }
    }

    private async Task SendAll(ChangePosition after, CancellationToken cancellationToken)
    {
        _body.Write("retry: 1000\n"u8);
        await SendPlace(after, cancellationToken);
        var (sentAt, signedAt) = (time.GetTimestamp(), time.GetTimestamp());
        ChangePosition? beforeOwed = null;
        while (true)
        {
            // A reader that still waits for a sign has the id before that change: it gets the sign, however the stream
            // ends.
            if (await Next(after, beforeOwed ?? after, cancellationToken) is not { } batch)
                return;

            var wanted = batch.Events.Where(filter.Admits);
            var isSent = false;
            if (filter.Every is null)
                isSent = await SendChanges(wanted, cancellationToken);
            else if (beforeOwed is null && wanted.Any())
                beforeOwed = after;

            after = batch.End;
            if (beforeOwed is not null && time.GetElapsedTime(signedAt) >= filter.Every)
            {
                FeedEvent.WriteSign(_body, after);
                (isSent, beforeOwed, signedAt) = (true, null, time.GetTimestamp());
            }

            if (!isSent && time.GetElapsedTime(sentAt) >= Heartbeat)
            {
                FeedEvent.WritePlace(_body, beforeOwed ?? after);
                isSent = true;
            }

            if (isSent)
            {
                await Flush(cancellationToken);
                sentAt = time.GetTimestamp();
            }

            var pause = Heartbeat - time.GetElapsedTime(sentAt);
            if (beforeOwed is not null && filter.Every - time.GetElapsedTime(signedAt) is { } untilSign)
                await Task.Delay(Max(untilSign < pause ? untilSign : pause, TimeSpan.Zero), time, cancellationToken);
            else
                await WhenBeyond(after, pause, cancellationToken);
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<bool> SendChanges(IEnumerable<FeedEvent> changes, CancellationToken cancellationToken)
    {
        var isSent = false;
        foreach (var change in changes)
        {
            await Send(change.Frame, cancellationToken);
            isSent = true;
        }

        return isSent;
    }

    /// <summary>The next events, once the database answers; null if the log is not the same history any more.</summary>
    private async Task<FeedBatch?> Next(ChangePosition after, ChangePosition place, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await source.Read(tail, _scan, after, cancellationToken);
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
            {
                await SendPlace(place, cancellationToken);
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    private async Task WhenBeyond(ChangePosition position, TimeSpan atMost, CancellationToken cancellationToken)
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

    private async ValueTask SendPlace(ChangePosition position, CancellationToken cancellationToken)
    {
        FeedEvent.WritePlace(_body, position);
        await Flush(cancellationToken);
    }

    /// <summary>
    /// Writes in pieces, so that the timeout applies to each of them and not to the whole of a large event.
    /// </summary>
    private async ValueTask Send(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        while (!frame.IsEmpty)
        {
            var piece = frame[..Math.Min(frame.Length, MaxWrite - _unflushed)];
            _body.Write(piece.Span);
            frame = frame[piece.Length..];
            _unflushed += piece.Length;
            if (_unflushed == MaxWrite)
                await Flush(cancellationToken);
        }
    }

    private async ValueTask Flush(CancellationToken cancellationToken)
    {
        _unflushed = 0;
        var flush = _body.FlushAsync(cancellationToken);
        var result = flush.IsCompleted
            ? await flush
            : await flush.AsTask().WaitAsync(FlushTimeout, time, cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException();
    }
}
