using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>Makes the history of a workflow, the same for the same seed on every machine.</summary>
public static class CampaignModel
{
    /// <summary>Draws a campaign.</summary>
    /// <param name="seed">The seed of every random choice.</param>
    /// <param name="options">How large and how odd.</param>
    public static Campaign Generate(int seed, CampaignOptions? options = null)
    {
        options ??= CampaignOptions.Default;
        var random = new Random(seed);
        options = options with { WorkflowId = options.WorkflowId ?? Hex($"workflow/{seed}") };
        return Play(Enumerable.Range(0, options.Moves).Select(_ => Draw(random, options)), options);
    }

    /// <summary>Plays the moves one after the other. There is a snapshot before the first and after each.</summary>
    public static Campaign Play(IEnumerable<Move> moves, CampaignOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(moves);
        options ??= CampaignOptions.Default;
        var stage = new CampaignStage(options);
        var snapshots = ImmutableArray.CreateBuilder<StatusChange>();
        snapshots.Add(stage.Snapshot());
        foreach (var move in options.RunsToItsEnd ? moves.Select(Unending).Concat(Curtain(stage)) : moves)
        {
            stage.Make(move);
            snapshots.Add(stage.Snapshot());
        }

        return new Campaign(stage.WorkflowId, snapshots.ToImmutable());
    }

    /// <summary>Thirty-two hex digits that follow from a text, as the vendor's ids look.</summary>
    public static string Hex(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static Move Draw(Random random, CampaignOptions options)
    {
        var kind = DrawKind(random);
        if (!options.UnknownWords && kind is MoveKind.PuzzleTask or MoveKind.PuzzleWorkflow)
            kind = MoveKind.SayAgain;

        var spelling = random.Next(100) < options.OddSpellingPercent ? random.Next(1, Words.Spellings) : 0;
        return new Move(kind, random.Next(1 << 16), random.Next(1 << 16), random.Next(1 << 16), spelling);
    }

    private static MoveKind DrawKind(Random random)
    {
        var die = random.Next(Move.Weights.Sum(static weighted => weighted.Weight));
        foreach (var (weight, kind) in Move.Weights)
        {
            if ((die -= weight) < 0)
                return kind;
        }

        return MoveKind.SayAgain;
    }

    /// <summary>A campaign that runs to its end does not end before.</summary>
    private static Move Unending(Move move) =>
        move.Kind == MoveKind.EndWorkflow ? move with { Kind = MoveKind.SayAgain } : move;

    /// <summary>Ends every task and then the workflow. Evaluated late: when the other moves have been made.</summary>
    private static IEnumerable<Move> Curtain(CampaignStage stage)
    {
        foreach (var (node, task) in stage.LiveTasks())
            yield return new Move(MoveKind.EndTask, node, task, node + task, 0);

        yield return new Move(MoveKind.EndWorkflow, 0, 0, 0, 0);
    }
}
