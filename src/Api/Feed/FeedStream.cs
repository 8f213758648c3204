using System.Buffers;
using System.Data.Common;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Security.Access;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// One reader's stream of events. It holds at most one batch: a reader that is slower than the buffer reads from the
/// log, at its own pace, and one that stops reading is cut off. Whatever ends the stream, the reader continues from the
/// last id that it got.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="filter">Whose changes and facts are wanted.</param>
/// <param name="changes">What is read of changes for all.</param>
/// <param name="facts">What is read of facts for all; null if none are wanted.</param>
/// <param name="source">Gives events from there, or from the log.</param>
/// <param name="time">The clock.</param>
internal sealed class FeedStream(
    HttpContext context,
    FeedFilter filter,
    FeedTail changes,
    FeedTail? facts,
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
    private readonly FeedCursor _changes = new(changes, filter.WorkflowId);
    private readonly FeedCursor? _facts = facts is null ? null : new(facts, filter.WorkflowId);
    private readonly bool _seesPersons = context.User.MaySeePersons();
    private Task _more = Task.CompletedTask;
    private int _unflushed;

    /// <summary>The place up to which everything was dealt with.</summary>
    private FeedId Place => new(_changes.After, _facts?.After);

    /// <summary>
    /// Sends all after a position, until the reader, the process, the credential or the history ends.
    /// </summary>
    public async Task Run(FeedId after, CancellationToken cancellationToken)
    {
        _changes.After = after.Changes;
        if (_facts is not null)
            _facts.After = after.Facts ?? throw new ArgumentException("No place among facts.", nameof(after));

        var response = context.Response;
        response.ContentType = FeedEvent.ContentType;
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await SendAll(cancellationToken);
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

    private async Task SendAll(CancellationToken cancellationToken)
    {
        _body.Write("retry: 1000\n"u8);
        await SendPlace(Place, cancellationToken);
        var (sentAt, signedAt) = (time.GetTimestamp(), time.GetTimestamp());
        FeedId? beforeOwed = null;
        while (true)
        {
            var (before, isSent) = (Place, false);
            foreach (var cursor in _facts is null ? [_changes] : (FeedCursor[])[_changes, _facts])
            {
                // A reader that still waits for a hint has the id before that change: it gets the hint, however the
                // stream ends.
                if (await Next(cursor, beforeOwed, cancellationToken) is not { } batch)
                    return;

                var wanted = batch.Events.Where(filter.Admits);
                if (filter.Every is null)
                    isSent |= await SendEvents(wanted, cursor, cancellationToken);
                else if (beforeOwed is null && wanted.Any())
                    beforeOwed = before;

                cursor.After = batch.End;
            }

            if (beforeOwed is not null && time.GetElapsedTime(signedAt) >= filter.Every)
            {
                FeedEvent.WriteHint(_body, Place);
                (isSent, beforeOwed, signedAt) = (true, null, time.GetTimestamp());
            }

            if (!isSent && time.GetElapsedTime(sentAt) >= Heartbeat)
            {
                FeedEvent.WritePlace(_body, beforeOwed ?? Place);
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
                await WhenBeyond(pause, cancellationToken);
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<bool> SendEvents(
        IEnumerable<FeedEvent> events,
        FeedCursor cursor,
        CancellationToken cancellationToken
    )
    {
        var isSent = false;
        foreach (var one in events)
        {
            if (_facts is null)
            {
                await Send(one.Frame, cancellationToken);
            }
            else
            {
                // The id has the place in the other log too, which each reader has its own of.
                cursor.After = one.Position;
                await Send(FeedEvent.IdOf(Place), cancellationToken);
                await Send(one.Content(_seesPersons), cancellationToken);
            }

            isSent = true;
        }

        return isSent;
    }

    /// <summary>The next events, once the database answers; null if the log is not the same history any more.</summary>
    private async Task<FeedBatch?> Next(FeedCursor cursor, FeedId? beforeOwed, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await source.Read(cursor, cancellationToken);
            }
            catch (Exception exception) when (exception is DbException or TimeoutException or IOException)
            {
                await SendPlace(beforeOwed ?? Place, cancellationToken);
                await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    private async Task WhenBeyond(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var more = WhenMore();
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

    private Task WhenMore()
    {
        var more = _changes.WhenMore();
        if (_facts is null)
            return more;

        // One that is still awaited is that of the same two: another would be added to both at each heartbeat, for as
        // long as nothing happens.
        if (_more.IsCompleted)
            _more = Task.WhenAny(more, _facts.WhenMore());

        return _more;
    }

    private async ValueTask SendPlace(FeedId place, CancellationToken cancellationToken)
    {
        FeedEvent.WritePlace(_body, place);
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
