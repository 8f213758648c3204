using System.Collections.Frozen;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.Facts;

/// <summary>The words of the console for one kind of fact.</summary>
/// <param name="One">One of them, within a sentence.</param>
/// <param name="Many">Several of them, within a sentence.</param>
/// <param name="Sign">The icon.</param>
/// <param name="ValueName">What its value is; null if it has none.</param>
/// <param name="NoValue">What is shown of those without a value.</param>
/// <param name="Meanings">What values mean, where that is known.</param>
public sealed record FactWords(
    string One,
    string Many,
    string Sign,
    string? ValueName = null,
    string NoValue = "none",
    FrozenDictionary<string, string>? Meanings = null
)
{
    /// <summary>
    /// The reasons of a call's end, as integrators of the vendor's dialer read them. The vendor documents no reasons of
    /// a call completion; a number that is not here is shown without a meaning.
    /// </summary>
    private static readonly FrozenDictionary<string, string> HangUpReasons = new Dictionary<string, string>
    {
        ["0"] = "unknown",
        ["1"] = "no agent after answer",
        ["2"] = "normal",
        ["3"] = "busy",
        ["4"] = "not in use",
        ["5"] = "hold",
        ["6"] = "switched off",
        ["7"] = "out of area",
        ["8"] = "invalid",
        ["9"] = "wrong number",
        ["12"] = "talked",
        ["13"] = "agent reject",
        ["14"] = "user hung up",
        ["15"] = "fusing",
        ["16"] = "answering machine",
        ["17"] = "agent network failed",
        ["18"] = "attempt limit",
        ["19"] = "short abandoned",
        ["20"] = "do-not-call",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<FactKind, FactWords> All = new Dictionary<FactKind, FactWords>
    {
        [FactKind.ListCompletion] = new("list completion", "list completions", "completed"),
        [FactKind.CallCompletion] = new(
            "call",
            "calls",
            "call",
            "reason of the end",
            "no reason given",
            Meanings: HangUpReasons
        ),
        [FactKind.CustomNode] = new("custom API push", "custom API pushes", "node"),
        [FactKind.WabaStatus] = new("WhatsApp status", "WhatsApp statuses", "whatsapp", "status", "no status given"),
        [FactKind.ChatbotSession] = new(
            "chatbot session",
            "chatbot sessions",
            "sms",
            "reason of the end",
            "no reason given"
        ),
        [FactKind.Dialer] = new("dialer report", "dialer reports", "call", "state", "no state given"),
        [FactKind.Unknown] = new("unknown notification", "unknown notifications", "unknown"),
    }.ToFrozenDictionary();

    /// <summary>The words for a kind.</summary>
    public static FactWords Of(FactKind kind) => All[kind];

    /// <summary>What a value means; null if that is not known.</summary>
    public static string? Meaning(FactKind kind, string? value) =>
        value is null ? null : Of(kind).Meanings?.GetValueOrDefault(value);

    /// <summary>One of them, as a heading.</summary>
    public string Title => Capital(One);

    /// <summary>Several of them, as a heading.</summary>
    public string Heading => Capital(Many);

    /// <summary>So many of them, without the number.</summary>
    public string Counted(long count) => count == 1 ? One : Many;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
