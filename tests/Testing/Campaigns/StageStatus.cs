using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>The true status of a task or of the workflow, and the word for it. Once ended it stays.</summary>
internal sealed class StageStatus(string word)
{
    private WorkflowPhase _phase;
    private int _rank;

    public string Word { get; private set; } = word;

    public bool HasEnded { get; private set; }

    public void Turn(Move move)
    {
        if (HasEnded)
            return;

        var word = move.Kind switch
        {
            MoveKind.StartTask or MoveKind.StartWorkflow => Words.Running.Pick(move.Word),
            MoveKind.PauseTask or MoveKind.PauseWorkflow => "paused",
            MoveKind.ResumeTask or MoveKind.ResumeWorkflow => "resumed",
            MoveKind.EndTask or MoveKind.EndWorkflow => Words.Ended.Pick(move.Word),
            MoveKind.PuzzleTask or MoveKind.PuzzleWorkflow => Words.Unknown.Pick(move.Word),
            _ => throw new ArgumentOutOfRangeException(nameof(move), move.Kind, "This move turns no status."),
        };
        var status = Vocabulary.Default.Read(word);

        // What is true of a status never goes back: not to a lower phase, and not to a lower rank of its phase.
        if (status.Recognised && status.Phase == _phase && status.Rank < _rank)
            return;

        _rank = status.Phase == _phase ? Math.Max(_rank, status.Rank) : status.Rank;
        _phase = status.Phase;
        Word = Words.Spell(word, move.Spelling);
        HasEnded = move.Kind is MoveKind.EndTask or MoveKind.EndWorkflow;
    }
}
