using System.Text;
using Google.Protobuf;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>
/// A message in the encoding of Protocol Buffers, taken apart without its schema: as much as OTLP needs.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        using var input = new CodedInputStream(bytes.ToArray());
        while (input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    _fields.Add((field, input.ReadUInt64(), default));
                    break;
                case WireFormat.WireType.LengthDelimited:
                    _fields.Add((field, 0, input.ReadBytes().Memory));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        All(field).Select(static bytes => new ProtobufMessage(bytes));

    public ProtobufMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string? Text(int field) =>
        All(field).Select(static bytes => Encoding.UTF8.GetString(bytes.Span)).FirstOrDefault();

    /// <summary>An id of a trace or a span, in hexadecimal digits; empty if there is none.</summary>
    public string Id(int field) => Convert.ToHexStringLower(All(field).FirstOrDefault().Span);

    public ulong? Number(int field) =>
        _fields
            .Where(entry => entry.Field == field && entry.Bytes.IsEmpty)
            .Select(static entry => (ulong?)entry.Number)
            .FirstOrDefault();

    private IEnumerable<ReadOnlyMemory<byte>> All(int field) =>
        _fields.Where(entry => entry.Field == field).Select(static entry => entry.Bytes);
}
