using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>Makes of what the vendor said what arrives. Everything here leaves its input as it is.</summary>
public static class Mangling
{
    /// <summary>Mangles one thing after the other.</summary>
    public static ImmutableArray<Delivery> Apply(ImmutableArray<Delivery> deliveries, IEnumerable<Mangle> mangles)
    {
        ArgumentNullException.ThrowIfNull(mangles);
        return mangles.Aggregate(deliveries, Apply);
    }

    /// <summary>Applies random mangles of the given kinds.</summary>
    public static ImmutableArray<Delivery> Apply(
        ImmutableArray<Delivery> deliveries,
        Random random,
        int count,
        ImmutableArray<MangleKind> kinds
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        for (var i = 0; i < count; i++)
            deliveries = Apply(
                deliveries,
                new Mangle(kinds.Pick(random.Next()), random.Next(), random.Next(), random.Next(), random.Next())
            );

        return deliveries;
    }

    /// <summary>The deliveries in any order.</summary>
    public static ImmutableArray<Delivery> Permute(ImmutableArray<Delivery> deliveries, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var permuted = deliveries.ToArray();
        random.Shuffle(permuted);
        return [.. permuted];
    }

    /// <summary>The deliveries, some of them more than once.</summary>
    public static ImmutableArray<Delivery> Duplicate(ImmutableArray<Delivery> deliveries, Random random, int count) =>
        Apply(deliveries, random, count, [MangleKind.Repeat]);

    /// <summary>The deliveries but some; at least one is left.</summary>
    public static ImmutableArray<Delivery> Drop(ImmutableArray<Delivery> deliveries, Random random, int count) =>
        Apply(deliveries, random, count, [MangleKind.Drop]);

    /// <summary>The deliveries, some of them with entries missing.</summary>
    public static ImmutableArray<Delivery> MakePartial(ImmutableArray<Delivery> deliveries, Random random, int count) =>
        Apply(deliveries, random, count, [MangleKind.OmitEntry, MangleKind.KeepOneEntry]);

    private static ImmutableArray<Delivery> Apply(ImmutableArray<Delivery> deliveries, Mangle mangle)
    {
        if (deliveries.IsEmpty)
            return deliveries;

        var at = Index(mangle.At, deliveries.Length);
        var delivery = deliveries[at];
        return mangle.Kind switch
        {
            MangleKind.Reorder => deliveries.RemoveAt(at).Insert(Index(mangle.Which, deliveries.Length), delivery),
            MangleKind.Repeat => deliveries.Insert(Index(mangle.Which, deliveries.Length + 1), delivery),
            MangleKind.Drop => deliveries.Length > 1 ? deliveries.RemoveAt(at) : deliveries,
            MangleKind.OtherSource => deliveries.SetItem(
                at,
                delivery with
                {
                    Source = $"account-{Index(mangle.Word, 3)}",
                }
            ),
            _ => deliveries.SetItem(at, delivery with { Notification = Apply(delivery.Notification, mangle) }),
        };
    }

    private static StatusChange Apply(StatusChange said, Mangle mangle) =>
        mangle.Kind switch
        {
            MangleKind.ContradictWorkflowEnd => said with { Status = Word(Words.Ended, mangle) },
            MangleKind.SayAnythingOfWorkflow => said with { Status = Word(Words.All, mangle) },
            _ when said.Actions.IsEmpty => said,
            _ => said with { Actions = Apply(said.Actions, Index(mangle.Which, said.Actions.Length), mangle) },
        };

    private static ImmutableArray<StatusChangeAction> Apply(
        ImmutableArray<StatusChangeAction> entries,
        int at,
        Mangle mangle
    )
    {
        var entry = entries[at];
        return mangle.Kind switch
        {
            MangleKind.OmitEntry => entries.RemoveAt(at),
            MangleKind.KeepOneEntry => [entry],
            MangleKind.RepeatEntry => entries.Insert(
                Index(mangle.Spelling, entries.Length + 1),
                entry with
                {
                    TaskStatus = Word(Words.All, mangle),
                }
            ),
            MangleKind.RepeatEntryOften => entries
                .Add(entry with { TaskStatus = Words.Ended.Pick(mangle.Word) })
                .Add(entry with { TaskStatus = Words.Ended.Pick(mangle.Spelling) })
                .Insert(Index(mangle.At, entries.Length + 3), entry with { TaskStatus = Word(Words.All, mangle) }),
            MangleKind.ReorderEntry => entries.RemoveAt(at).Insert(Index(mangle.Word, entries.Length), entry),
            MangleKind.ForgetTaskId => entries.SetItem(at, entry with { TaskId = null }),
            MangleKind.ForgetTaskStatus => entries.SetItem(at, entry with { TaskStatus = null }),
            MangleKind.ContradictEnd => entries.SetItem(at, entry with { TaskStatus = Word(Words.Ended, mangle) }),
            MangleKind.SayAnything => entries.SetItem(at, entry with { TaskStatus = Word(Words.All, mangle) }),
            MangleKind.LagEntry => entries.SetItem(at, entry with { TaskStatus = Word(Words.Scheduled, mangle) }),
            MangleKind.RelabelEntry => entries.SetItem(
                at,
                entry with
                {
                    NodeTaskName = Words.Labels.Pick(mangle.Word),
                    NodeType = Words.NodeTypes.Pick(mangle.Spelling),
                }
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(mangle), mangle.Kind, "Not a mangle of an entry."),
        };
    }

    private static string Word(ImmutableArray<string> words, Mangle mangle) =>
        Words.Spell(words.Pick(mangle.Word), mangle.Spelling);

    private static int Index(int die, int length) => (int)((uint)die % (uint)length);
}
