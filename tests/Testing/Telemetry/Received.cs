using System.Globalization;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A span as a collector has it.</summary>
/// <param name="Service">The process it is from.</param>
/// <param name="Scope">The source it is from.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">Its id.</param>
/// <param name="ParentId">The span that it is a part of; empty if it begins a trace.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Links">The ids of the spans that it is linked with.</param>
public sealed record ReceivedSpan(
    string Service,
    string Scope,
    string Name,
    string TraceId,
    string SpanId,
    string ParentId,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Links
)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Service} {Scope} '{Name}' {SpanId} below {ParentId} links [{string.Join(' ', Links)}]";

    internal static IEnumerable<ReceivedSpan> Read(ProtobufMessage request) =>
        from resource in request.Messages(1)
        let service = Otlp.Service(resource)
        from scope in resource.Messages(2)
        let source = scope.Message(1)?.Text(1) ?? string.Empty
        from span in scope.Messages(2)
        select new ReceivedSpan(
            service,
            source,
            span.Text(5) ?? string.Empty,
            span.Id(1),
            span.Id(2),
            span.Id(4),
            Otlp.Attributes(span, 9),
            [.. span.Messages(13).Select(static link => link.Id(2))]
        );
}

/// <summary>A log line as a collector has it.</summary>
/// <param name="Service">The process it is from.</param>
/// <param name="Category">The logger's category.</param>
/// <param name="Text">What it says.</param>
/// <param name="TraceId">The trace in which it was logged; empty if in none.</param>
public sealed record ReceivedLog(string Service, string Category, string Text, string TraceId)
{
    internal static IEnumerable<ReceivedLog> Read(ProtobufMessage request) =>
        from resource in request.Messages(1)
        let service = Otlp.Service(resource)
        from scope in resource.Messages(2)
        let category = scope.Message(1)?.Text(1) ?? string.Empty
        from log in scope.Messages(2)
        select new ReceivedLog(service, category, log.Message(5)?.Text(1) ?? string.Empty, log.Id(9));
}

/// <summary>What the messages of OTLP have in common.</summary>
internal static class Otlp
{
    public static string Service(ProtobufMessage resource) =>
        resource.Message(1) is { } attributes
            ? Attributes(attributes, 1).GetValueOrDefault("service.name", string.Empty)
            : string.Empty;

    public static Dictionary<string, string> Attributes(ProtobufMessage owner, int field)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in owner.Messages(field))
        {
            var value = pair.Message(2);
            attributes[pair.Text(1)!] = value?.Text(1)
                ?? value?.Number(3)?.ToString(CultureInfo.InvariantCulture)
                ?? string.Empty;
        }

        return attributes;
    }
}
