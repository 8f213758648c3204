using System.Collections.Immutable;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>What can happen in a campaign.</summary>
public enum MoveKind
{
    /// <summary>Nothing: the vendor says again how things stand.</summary>
    SayAgain,

    /// <summary>A node task is added, without a task.</summary>
    AddNode,

    /// <summary>A node task gets another task.</summary>
    AddTask,

    /// <summary>A node task gets a task that the vendor reports without its id.</summary>
    AddAnonymousTask,

    /// <summary>A task begins to run.</summary>
    StartTask,

    /// <summary>A running task is paused.</summary>
    PauseTask,

    /// <summary>A paused task resumes.</summary>
    ResumeTask,

    /// <summary>A task ends: completed, cancelled or failed.</summary>
    EndTask,

    /// <summary>A live task is in a state that we have no word for.</summary>
    PuzzleTask,

    /// <summary>The workflow begins to run.</summary>
    StartWorkflow,

    /// <summary>The workflow is paused.</summary>
    PauseWorkflow,

    /// <summary>The workflow resumes.</summary>
    ResumeWorkflow,

    /// <summary>The workflow ends.</summary>
    EndWorkflow,

    /// <summary>The live workflow is in a state that we have no word for.</summary>
    PuzzleWorkflow,

    /// <summary>Somebody renames the workflow.</summary>
    RenameWorkflow,

    /// <summary>Somebody renames a node task.</summary>
    RenameNode,

    /// <summary>A node task gets another type.</summary>
    RetypeNode,
}

/// <summary>
/// One thing that happens. The numbers are dice: each is taken modulo what there is to choose from, and a move that
/// cannot be made changes nothing. So every list of moves is a campaign, and so is every shorter one: failures shrink.
/// </summary>
/// <param name="Kind">What happens.</param>
/// <param name="Node">Which node task.</param>
/// <param name="Task">Which task of it.</param>
/// <param name="Word">Which of the words or names that fit.</param>
/// <param name="Spelling">How the word is spelled; 0 is plainly.</param>
public readonly record struct Move(MoveKind Kind, int Node, int Task, int Word, int Spelling)
{
    /// <summary>How often each kind happens, relative to the others.</summary>
    public static readonly ImmutableArray<(int Weight, MoveKind Kind)> Weights =
    [
        (1, MoveKind.SayAgain),
        (4, MoveKind.AddNode),
        (5, MoveKind.AddTask),
        (2, MoveKind.AddAnonymousTask),
        (6, MoveKind.StartTask),
        (4, MoveKind.PauseTask),
        (4, MoveKind.ResumeTask),
        (4, MoveKind.EndTask),
        (2, MoveKind.PuzzleTask),
        (3, MoveKind.StartWorkflow),
        (2, MoveKind.PauseWorkflow),
        (2, MoveKind.ResumeWorkflow),
        (1, MoveKind.EndWorkflow),
        (1, MoveKind.PuzzleWorkflow),
        (1, MoveKind.RenameWorkflow),
        (1, MoveKind.RenameNode),
        (1, MoveKind.RetypeNode),
    ];
}
