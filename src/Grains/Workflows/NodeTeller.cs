using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// Tells the node tasks that follow their workflow what was decided for them, and remembers whom it owes. A node task that nobody has
/// asked for has no grain that could be behind, and is not called. Both lists are part of the workflow's committed row, so they
/// survive a crash. Not thread-safe: it lives on the grain's scheduler.
/// </summary>
internal sealed class NodeTeller(WorkflowGrain workflow, WorkflowGrains grains, GrainMetrics metrics, ILogger logger)
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _owed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _followed = new(StringComparer.Ordinal);
    private int _shown;
    private bool _stopped;
    private ImmutableArray<string> _durablyFollowed = [];
    private IGrainTimer? _timer;

    /// <summary>The ids of the node tasks that are told of changes.</summary>
    public ImmutableArray<string> Followed { get; private set; } = [];

    /// <summary>The ids of those that may not know yet.</summary>
    public ImmutableArray<string> Untold => _owed.Count == 0 ? [] : [.. _owed.Keys];

    /// <summary>Tells a node task of changes, from the next commit on.</summary>
    public void Follow(string nodeTaskId)
    {
        if (_followed.Add(nodeTaskId))
            Followed = Followed.Add(nodeTaskId);
    }

    /// <summary>Whether a node task is told of changes, also by the next activation.</summary>
    public bool IsFollowed(string nodeTaskId) => _durablyFollowed.Contains(nodeTaskId);

    /// <summary>Notes that a state is durable.</summary>
    public void Committed(WorkflowGrainState state) => _durablyFollowed = state.Followed;

    /// <summary>Notes which of the node tasks that a batch changed must learn what a state holds for them.</summary>
    /// <returns>Their ids.</returns>
    public IReadOnlyCollection<string> Owe(PendingBatch batch, WorkflowState state)
    {
        if (Followed.IsEmpty)
            return [];

        var toTell = new HashSet<string>(batch.ChangedNodes.Where(_followed.Contains), StringComparer.Ordinal);
        foreach (var nodeTaskId in toTell)
            _owed[nodeTaskId] = state.FindNode(nodeTaskId)!.Version;

        Show(_owed.Count);
        return toTell;
    }

    /// <summary>The states of those that follow.</summary>
    public ImmutableArray<GrainStateName> StoredStates() => ImmutableArray.CreateRange(
        Followed, nodeTaskId => new GrainStateName(StateNames.NodeTask, grains.NodeTask(workflow.WorkflowId, nodeTaskId).GetGrainId()));

    /// <summary>Notes that those who follow must learn that the workflow is deleted, and that nobody follows any more.</summary>
    /// <returns>Their ids.</returns>
    public IReadOnlyCollection<string> OweFarewell()
    {
        var toTell = Followed;
        foreach (var nodeTaskId in toTell)
            _owed[nodeTaskId] = 0;

        Followed = [];
        _followed.Clear();
        return toTell;
    }

    /// <summary>Goes on where the last activation stopped.</summary>
    public void Resume(WorkflowGrainState state)
    {
        Followed = _durablyFollowed = state.Followed;
        _followed.Clear();
        _followed.UnionWith(Followed);
        foreach (var nodeTaskId in state.Untold)
            _owed[nodeTaskId] = 0;

        Show(_owed.Count);
        if (_owed.Count > 0)
            TellAgain(TimeSpan.Zero);
    }

    /// <summary>Tells node tasks what is committed for them. Never fails: who could not be told is told again.</summary>
    public Task Tell(IReadOnlyCollection<string> nodeTaskIds) => nodeTaskIds.Count switch
    {
        0 => Task.CompletedTask,
        1 => Tell(nodeTaskIds.First()),
        _ => Task.WhenAll(nodeTaskIds.Select(Tell)),
    };

    /// <summary>Leaves what is still to be told to the next activation.</summary>
    public void Stop()
    {
        _stopped = true;
        Show(0);
    }

    private async Task Tell(string nodeTaskId)
    {
        var decided = workflow.NodeView(nodeTaskId);
        if (decided is null && !workflow.IsDeleted)
            return;

        var grain = grains.NodeTask(workflow.WorkflowId, nodeTaskId);
        try
        {
            await (decided is null ? grain.Forget() : grain.Learn(decided));
            if (_owed.TryGetValue(nodeTaskId, out var version) && version <= (decided?.Version ?? 0))
                _owed.Remove(nodeTaskId);

            Show(_owed.Count);
        }
        catch (Exception exception)
        {
            TellAgain(TellAgainAfter);
            Safely.Run(() => Log.NotTold(logger, exception, workflow.GetGrainId(), grain.GetGrainId()));
        }
    }

    private void TellAgain(TimeSpan after)
    {
        _timer ??= workflow.RegisterGrainTimer(TellAll, new GrainTimerCreationOptions(after, TellAgainAfter) { Interleave = true });
    }

    private async Task TellAll()
    {
        await Tell([.. _owed.Keys]);
        if (_owed.Count == 0)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Shows this activation's part of how many have yet to be told.</summary>
    private void Show(int untold)
    {
        var shown = _stopped ? 0 : untold;
        metrics.UntoldChanged(shown - _shown);
        _shown = shown;
    }
}
