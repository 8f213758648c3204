using System.Buffers.Binary;
using System.Text;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A message in the encoding of Protocol Buffers, taken apart without its schema: as much as OTLP needs.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var key = Varint(ref bytes);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 2:
                    _fields.Add((field, 0, Take(ref bytes, (int)Varint(ref bytes))));
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                default:
                    throw new FormatException($"Wire type {key & 7} is not one of Protocol Buffers that OTLP uses.");
            }
        }
    }

    public IEnumerable<ProtobufMessage> Messages(int field) => All(field).Select(static bytes => new ProtobufMessage(bytes));

    public ProtobufMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string? Text(int field) => All(field).Select(static bytes => Encoding.UTF8.GetString(bytes.Span)).FirstOrDefault();

    /// <summary>An id of a trace or a span, in hexadecimal digits; empty if there is none.</summary>
    public string Id(int field) => Convert.ToHexStringLower(All(field).FirstOrDefault().Span);

    public ulong? Number(int field) =>
        _fields.Where(entry => entry.Field == field && entry.Bytes.IsEmpty).Select(static entry => (ulong?)entry.Number).FirstOrDefault();

    private IEnumerable<ReadOnlyMemory<byte>> All(int field) => _fields.Where(entry => entry.Field == field).Select(static entry => entry.Bytes);

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
