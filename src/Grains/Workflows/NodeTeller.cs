using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// Tells a workflow's node tasks what was decided for them, and remembers whom it owes: what is owed is part of the workflow's
/// committed row, so it survives a crash. Not thread-safe: it lives on the grain's scheduler.
/// </summary>
internal sealed class NodeTeller(WorkflowGrain workflow, WorkflowGrains grains, ILogger logger)
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _owed = new(StringComparer.Ordinal);
    private IGrainTimer? _timer;

    /// <summary>The ids of the node tasks that may not know yet.</summary>
    public ImmutableArray<string> Untold => _owed.Count == 0 ? [] : [.. _owed.Keys];

    /// <summary>Notes that node tasks must learn what a state holds for them.</summary>
    public void Owe(HashSet<string> nodeTaskIds, WorkflowState state)
    {
        foreach (var nodeTaskId in nodeTaskIds)
            _owed[nodeTaskId] = state.FindNode(nodeTaskId)!.Version;
    }

    /// <summary>Goes on with what the last activation owed.</summary>
    public void Resume(ImmutableArray<string> untold)
    {
        foreach (var nodeTaskId in untold)
            _owed[nodeTaskId] = 0;

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

    private async Task Tell(string nodeTaskId)
    {
        if (workflow.NodeView(nodeTaskId) is not { } decided)
            return;

        var grain = grains.NodeTask(workflow.WorkflowId, nodeTaskId);
        try
        {
            await grain.Learn(decided);
            if (_owed.TryGetValue(nodeTaskId, out var version) && version <= decided.Version)
                _owed.Remove(nodeTaskId);
        }
        catch (Exception exception)
        {
            Log.NotTold(logger, exception, workflow.GetGrainId(), grain.GetGrainId());
            TellAgain(TellAgainAfter);
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
}
