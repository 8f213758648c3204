using System.Collections.Immutable;
using CsCheck;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Histories;

/// <summary>
/// Histories from the model of a campaign: a list of moves is played, a list of mangles is applied. Both are lists of
/// dice in which any shorter list, and any smaller die, is a history too: that is what lets CsCheck shrink a failure.
/// </summary>
internal static class HistoryGen
{
    /// <summary>Vocabularies that the fold must work under, not only the default one.</summary>
    public static readonly ImmutableArray<Vocabulary> Vocabularies =
    [
        Vocabulary.Default,
        new Vocabulary(
            Vocabulary.DefaultWords,
            [WorkflowOutcome.Completed, WorkflowOutcome.Failed, WorkflowOutcome.Cancelled]
        ),
        new Vocabulary(
            [KeyValuePair.Create("finished", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Completed))],
            Vocabulary.DefaultRanking
        ),
        new Vocabulary(
            Vocabulary
                .DefaultWords.SetItem("pending", new StatusMeaning(WorkflowPhase.Scheduled, Rank: 7))
                .SetItem("running", new StatusMeaning(WorkflowPhase.Active, Rank: 5))
                .SetItem("started", new StatusMeaning(WorkflowPhase.Active, Rank: 3))
                .SetItem("paused", new StatusMeaning(WorkflowPhase.Active, Rank: StatusMeaning.MaxRank))
                .SetItem("done", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Completed, Rank: 1)),
            Vocabulary.DefaultRanking
        ),
    ];

    private static readonly CampaignOptions Options = CampaignOptions.Default with
    {
        VendorLikeIds = false,
        MaxNodes = 3,
        MaxTasksPerNode = 3,
    };

    private static readonly Gen<int> Die = Gen.Int[0, 63];

    // Mostly plain, so that words repeat.
    private static readonly Gen<int> Spelling = Gen.Frequency(
        (3, (IGen<int>)Gen.Const(0)),
        (1, Gen.Int[1, Words.Spellings - 1])
    );

    private static readonly Gen<Move> Moves = Gen.Select(
        Gen.Frequency([.. Move.Weights.Select(weighted => (weighted.Weight, weighted.Kind))]),
        Die,
        Die,
        Die,
        Spelling,
        (kind, node, task, word, spelling) => new Move(kind, node, task, word, spelling)
    );

    // Disorder and age are what the fold is for: they are more likely than each of the other kinds.
    private static readonly ImmutableArray<MangleKind> Kinds =
    [
        .. Mangle.All,
        .. Enumerable.Repeat(MangleKind.Reorder, 6),
        .. Enumerable.Repeat(MangleKind.LagEntry, 3),
    ];

    private static readonly Gen<Mangle> Mangles = Gen.Select(
        Gen.OneOf(Kinds.ToArray()),
        Die,
        Die,
        Die,
        Die,
        (kind, at, which, word, spelling) => new Mangle(kind, at, which, word, spelling)
    );

    private static readonly Gen<ImmutableArray<Receipt>> Receipts = Gen.Select(
        Moves.Array[0, 24],
        Mangles.Array[0, 24],
        (moves, mangles) => Mangling.Apply(CampaignModel.Play(moves, Options).Deliveries(), mangles).Receipts()
    );

    /// <summary>A fold under one of the vocabularies, and a history for it.</summary>
    public static readonly Gen<(WorkflowFold Fold, History History)> FoldAndHistory = Gen.Select(
        Gen.OneOf(Vocabularies.Select(static vocabulary => new WorkflowFold(vocabulary)).ToArray()),
        Gen.Select(Receipts, Gen.Int, Gen.Int[0, 8], Rearrange)
    );

    /// <summary>Histories that are the same in each run, for where a failure is expected and need not shrink.</summary>
    public static IEnumerable<History> Fixed(int count)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            var options = Options with { Moves = random.Next(1, 25) };
            var deliveries = Mangling.Apply(
                CampaignModel.Generate(seed, options).Deliveries(),
                random,
                random.Next(25),
                Kinds
            );
            yield return Rearrange(deliveries.Receipts(), seed, random.Next(9));
        }
    }

    private static History Rearrange(ImmutableArray<Receipt> receipts, int seed, int repeats)
    {
        var random = new Random(seed);
        var rearranged = receipts.ToList();
        for (var i = 0; i < repeats; i++)
            rearranged.Add(receipts[random.Next(receipts.Length)]);

        var order = rearranged.ToArray();
        random.Shuffle(order);
        return new History(receipts, [.. order]);
    }
}
