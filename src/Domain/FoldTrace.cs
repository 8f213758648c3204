using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// What the fold decided about one receipt, for an explanation. Filled by the fold, emptied by its owner.
/// </summary>
public sealed class FoldTrace
{
    private readonly List<Decision> _decisions = [];
    private readonly List<NameDecision> _names = [];

    /// <summary>The decisions about registers, in the order in which they were made.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions;

    /// <summary>The decisions about names that were reported and were not the known ones.</summary>
    public IReadOnlyList<NameDecision> Names => _names;

    /// <summary>What proves that the receipt was made before something that is known; null if nothing does.</summary>
    public AgeProof? ProvablyOld { get; internal set; }

    /// <summary>Forgets everything, for the next receipt.</summary>
    public void Clear()
    {
        _decisions.Clear();
        _names.Clear();
        ProvablyOld = null;
    }

    internal void Add(in Decision decision) => _decisions.Add(decision);

    internal void Add(in NameDecision decision) => _names.Add(decision);
}

/// <summary>What the fold decided about one observation of a register.</summary>
/// <param name="Subject">The register it was about.</param>
/// <param name="Reported">The word that was observed, as received.</param>
/// <param name="Row">The row of the rule table that applied.</param>
/// <param name="Seq">The sequence number of the receipt.</param>
public readonly record struct Decision(Subject Subject, string Reported, RuleRow Row, long Seq);

/// <summary>What the fold decided about a name that was reported.</summary>
/// <param name="Name">Which name.</param>
/// <param name="Subject">Whose.</param>
/// <param name="Reported">The name that was reported.</param>
/// <param name="Takes">Whether it is taken; else it is passed over, because the receipt is behind.</param>
/// <param name="Seq">The sequence number of the receipt.</param>
public readonly record struct NameDecision(NameKind Name, Subject Subject, string Reported, bool Takes, long Seq);

/// <summary>The names that a workflow and its node tasks have.</summary>
public enum NameKind
{
    /// <summary>Vendor field <c>workflow_name</c>.</summary>
    WorkflowName,

    /// <summary>Vendor field <c>nodetask_name</c>.</summary>
    NodetaskName,

    /// <summary>Vendor field <c>node_type</c>.</summary>
    NodeType,
}

/// <summary>Why a receipt is provably old: it reports a known task in a lower phase than is known.</summary>
/// <param name="Task">The task.</param>
/// <param name="Reported">The task's word in the receipt, as received.</param>
/// <param name="Known">The phase that is known.</param>
/// <param name="KnownBy">The sequence number of the receipt from which it is known.</param>
public readonly record struct AgeProof(Subject Task, string Reported, WorkflowPhase Known, long KnownBy);
