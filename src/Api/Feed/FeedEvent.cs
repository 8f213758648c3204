using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>A change as it is sent: written once for all readers.</summary>
/// <param name="Position">Its place among all changes, which is its id.</param>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Workflow">The workflow's row in the list, if that was read.</param>
/// <param name="Frame">The event as <c>text/event-stream</c> has it; empty if only its place was read.</param>
internal sealed record FeedEvent(
    ChangePosition Position,
    string WorkflowId,
    WorkflowSummary? Workflow,
    ReadOnlyMemory<byte> Frame
)
{
    /// <summary>The media type of a stream of events.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>Writes the events of changes.</summary>
    public static FeedEvent[] AllOf(ImmutableArray<Change> changes, string epoch, ChangeDetail detail)
    {
        var events = new FeedEvent[changes.Length];
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        for (var i = 0; i < events.Length; i++)
        {
            var change = changes[i];
            var position = ChangePosition.Of(epoch, change.Position, change.ReceiptId);
            if (detail >= ChangeDetail.Transitions)
                WriteChange(buffer, json, position, change);

            events[i] = new FeedEvent(position, change.WorkflowId, change.Workflow, buffer.WrittenSpan.ToArray());
            buffer.ResetWrittenCount();
        }

        return events;
    }

    /// <summary>
    /// Writes an id without an event: it calls no handler of the reader, but the reader knows where to continue, even
    /// if it has seen no event for a long time or at all.
    /// </summary>
    public static void WritePlace(IBufferWriter<byte> buffer, ChangePosition position)
    {
        WriteId(buffer, position);
        buffer.Write("\n"u8);
    }

    /// <summary>Writes that something changed up to a place, for readers that want to know no more.</summary>
    public static void WriteSign(IBufferWriter<byte> buffer, ChangePosition position)
    {
        WriteId(buffer, position);
        buffer.Write("event: change\ndata: {}\n\n"u8);
    }

    private static void WriteChange(
        ArrayBufferWriter<byte> buffer,
        Utf8JsonWriter json,
        ChangePosition position,
        Change change
    )
    {
        WriteId(buffer, position);
        buffer.Write("event: change\ndata: "u8);
        json.Reset();
        JsonSerializer.Serialize(json, change, ApiJson.Default.Change);
        buffer.Write("\n\n"u8);
    }

    private static void WriteId(IBufferWriter<byte> buffer, ChangePosition position)
    {
        buffer.Write("id: "u8);
        Encoding.ASCII.GetBytes(position.ToString(), buffer);
        buffer.Write("\n"u8);
    }
}
