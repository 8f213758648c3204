using CsCheck;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>Workflows and filters drawn from few values, so that many are equal in much.</summary>
internal static class GeneratedWorkflows
{
    private static readonly string[] Names =
    [
        "Autumn",
        "autumn sale",
        "AUTUMN SALE 2",
        "Ärger",
        "ärger im Büro",
        "ÄRGER",
        "東京",
        "東京タワー",
        "😀 smile",
        "a_b",
        "a%b",
        "a",
        "",
        "'; --",
    ];

    private static readonly string[] Types = ["call", "sms", "whatsapp", "e\"mail", "wait"];

    private static readonly string[] Statuses =
    [
        "Running",
        "paused",
        "Finished",
        "cancelled",
        "FAILED",
        "Not_Started",
        "warming up",
    ];

    private static readonly Gen<long> Time = Gen.Int[0, 60].Select(static step => Sample.Time + (step * 1000L));

    /// <summary>Draws a filter; each condition is there or not.</summary>
    public static readonly Gen<WorkflowFilter> Filter =
        from phase in Maybe(Gen.Enum<WorkflowPhase>())
        from status in MaybeText(OneOf(Statuses).Select(Vocabulary.Normalise))
        from outcome in Maybe(Gen.Enum<WorkflowOutcome>())
        from prefix in MaybeText(
            Gen.Select(OneOf(Names), Gen.Int[0, 7], static (name, length) => name[..Math.Min(length, name.Length)])
        )
        from attention in Maybe(Gen.Enum<AttentionReason>())
        from type in MaybeText(OneOf(Types))
        from after in Maybe(Time)
        from before in Maybe(Time)
        from silent in Maybe(Time)
        select new WorkflowFilter
        {
            Phase = phase,
            Status = status,
            Outcome = outcome,
            NamePrefix = prefix is { Length: > 0 } && char.IsHighSurrogate(prefix[^1]) ? prefix[..^1] : prefix,
            Attention = attention,
            NodeType = type,
            ChangedAfter = after is { } least ? DateTimeOffset.FromUnixTimeMilliseconds(least) : null,
            ChangedBefore = before is { } most ? DateTimeOffset.FromUnixTimeMilliseconds(most) : null,
            SilentSince = silent is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
        };

    private static readonly Gen<WorkflowRow> Row =
        from status in OneOf(Statuses)
        from unknown in Gen.Int[0, 9]
        from phase in Gen.Enum<WorkflowPhase>()
        from outcome in Gen.Enum<WorkflowOutcome>()
        from name in OneOf(Names)
        from attention in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 15]))
        from types in OneOf(Types).Array[0, 3]
        from version in Gen.Int[1, 40]
        from first in Time
        from changed in Time
        from heard in Time
        select new WorkflowRow(
            string.Empty,
            unknown == 0 ? null : name,
            unknown == 1 ? null : status,
            unknown == 1 ? null : Vocabulary.Normalise(status),
            unknown == 1 ? null : phase,
            unknown == 1 || phase != WorkflowPhase.Ended ? null : outcome,
            attention,
            [.. types.Distinct().Order(StringComparer.Ordinal)],
            version,
            version,
            first,
            Math.Max(heard, changed),
            changed
        );

    /// <summary>Draws workflows, with ids whose order differs between bytes, UTF-16 and cultures.</summary>
    public static WorkflowRow[] Some(int count)
    {
        string[] prefixes = ["a", "B", "\uFF5E", "😀", "é", "wf/", ""];
        return
        [
            .. Row.Array[count]
                .Single(static _ => true, "0N0XIzNsQ0O2")
                .Select((row, i) => row with { WorkflowId = $"{prefixes[i % prefixes.Length]}{i * 7919 % 1000}" }),
        ];
    }

    /// <summary>Draws one of some values.</summary>
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.Frequency((3, Gen.Const((T?)null)), (1, gen.Select(static value => (T?)value)));

    private static Gen<string?> MaybeText(Gen<string> gen) =>
        Gen.Frequency((3, Gen.Const((string?)null)), (1, gen.Select(static value => (string?)value)));
}
