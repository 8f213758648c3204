using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Storage.Feed;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Feed;

/// <summary>A change or a fact as it is sent: written once for all readers.</summary>
/// <param name="Position">Its place in its log.</param>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Workflow">The workflow's row in the list, if that was read.</param>
/// <param name="Frame">
/// The event as <c>text/event-stream</c> has it, of a change with its id; empty if only its place was read.
/// </param>
internal sealed record FeedEvent(
    LogPosition Position,
    string WorkflowId,
    WorkflowSummary? Workflow,
    ReadOnlyMemory<byte> Frame
)
{
    /// <summary>The media type of a stream of events.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>Whether it is a fact, and no change.</summary>
    public bool IsFact { get; init; }

    /// <summary>How many bytes of the frame are the id.</summary>
    public int IdLength { get; init; }

    /// <summary>The frame for readers that may not see persons; empty if they get the same.</summary>
    public ReadOnlyMemory<byte> Masked { get; init; }

    /// <summary>How many bytes it holds.</summary>
    public int Size => Frame.Length + Masked.Length;

    /// <summary>The event without its id.</summary>
    /// <param name="seesPersons">Whether the reader may see persons.</param>
    public ReadOnlyMemory<byte> Content(bool seesPersons) => seesPersons || Masked.IsEmpty ? Frame[IdLength..] : Masked;

    /// <summary>Writes the events of changes.</summary>
    public static ImmutableArray<FeedEvent> OfChanges(ImmutableArray<Change> changes, string epoch, LogDetail detail)
    {
        var events = ImmutableArray.CreateBuilder<FeedEvent>(changes.Length);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var change in changes)
        {
            var position = LogPosition.Of(epoch, change.Position, change.ReceiptId);
            var idLength = 0;
            if (detail >= LogDetail.Content)
            {
                WriteId(buffer, $"{position}");
                idLength = buffer.WrittenCount;
                Write(buffer, json, "event: change\ndata: "u8, change, ApiJson.Default.Change);
            }

            events.Add(
                new FeedEvent(position, change.WorkflowId, change.Workflow, buffer.WrittenSpan.ToArray())
                {
                    IdLength = idLength,
                }
            );
            buffer.ResetWrittenCount();
        }

        return events.MoveToImmutable();
    }

    /// <summary>Writes the events of the facts that are shown.</summary>
    public static ImmutableArray<FeedEvent> OfFacts(ImmutableArray<LoggedFact> facts, string epoch, LogDetail detail)
    {
        var events = ImmutableArray.CreateBuilder<FeedEvent>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var logged in facts.Where(static logged => logged.IsShown))
        {
            var (frame, masked) = (Array.Empty<byte>(), Array.Empty<byte>());
            if (logged.Fact is { } fact)
            {
                frame = Frame(fact);
                masked = fact.Callee is null ? [] : Frame(Persons.Masked(fact));
            }

            events.Add(
                new FeedEvent(
                    LogPosition.Of(epoch, logged.Position, logged.ReceiptId),
                    logged.WorkflowId,
                    logged.Workflow,
                    frame
                )
                {
                    IsFact = true,
                    Masked = masked,
                }
            );
        }

        return events.DrainToImmutable();

        byte[] Frame(FactSummary fact)
        {
            buffer.ResetWrittenCount();
            Write(buffer, json, "event: fact\ndata: "u8, fact, ApiJson.Default.FactSummary);
            return buffer.WrittenSpan.ToArray();
        }
    }

    /// <summary>
    /// Writes an id without an event: it calls no handler of the reader, but the reader knows where to continue, even
    /// if it has seen no event for a long time or at all.
    /// </summary>
    public static void WritePlace(IBufferWriter<byte> buffer, FeedId id)
    {
        WriteId(buffer, $"{id}");
        buffer.Write("\n"u8);
    }

    /// <summary>Writes that something changed up to a place, for readers that want to know no more.</summary>
    public static void WriteHint(IBufferWriter<byte> buffer, FeedId id)
    {
        WriteId(buffer, $"{id}");
        buffer.Write("event: change\ndata: {}\n\n"u8);
    }

    /// <summary>The line with the id of the event that follows.</summary>
    public static byte[] IdOf(FeedId id) => Encoding.ASCII.GetBytes($"id: {id}\n");

    private static void WriteId(IBufferWriter<byte> buffer, string id)
    {
        buffer.Write("id: "u8);
        Encoding.ASCII.GetBytes(id, buffer);
        buffer.Write("\n"u8);
    }

    private static void Write<T>(
        ArrayBufferWriter<byte> buffer,
        Utf8JsonWriter json,
        ReadOnlySpan<byte> begin,
        T data,
        JsonTypeInfo<T> type
    )
    {
        buffer.Write(begin);
        json.Reset();
        JsonSerializer.Serialize(json, data, type);
        buffer.Write("\n\n"u8);
    }
}
