using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Simulation.Tests.Database;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Scheduling;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>The silos and the directory of what is active where.</summary>
internal sealed class Cluster
{
    private readonly Dictionary<GrainId, Activation> _directory = [];
    private readonly HashSet<GrainId> _twins = [];
    private readonly List<Silo> _members = [];
    private readonly List<Silo> _cutOff = [];
    private readonly StateTables _tables;
    private readonly GroupCommitOptions _options;
    private readonly SnapshotCadence _cadence;
    private bool _hasFailedOver;
    private int _silos;
    private int _activations;

    public Cluster(
        SimulationLoop turns,
        SimulatedTime time,
        Trace trace,
        FaultInjector faults,
        InvariantChecker witness,
        StateTables tables,
        GroupCommitOptions options,
        int commitConcurrency,
        int maxBehind
    )
    {
        // Here every state is large, and a receipt weighs what its body does.
        _cadence = new SnapshotCadence(MinBytes: maxBehind == 0 ? long.MaxValue : 0, BytesPerReceipt: 0, maxBehind);
        (SimulationLoop, Time, Trace, Faults, InvariantChecker, _tables, _options, CommitConcurrency) = (
            turns,
            time,
            trace,
            faults,
            witness,
            tables,
            options,
            commitConcurrency
        );
        Network = new Network(this, time, faults);
        DatabaseServer = new SimulatedScheduler(turns, inOrder: false);
    }

    public SimulationLoop SimulationLoop { get; }

    public SimulatedTime Time { get; }

    public Trace Trace { get; }

    public FaultInjector Faults { get; }

    public InvariantChecker InvariantChecker { get; }

    public Network Network { get; }

    /// <summary>Where the database runs, independent of the silos.</summary>
    public SimulatedScheduler DatabaseServer { get; }

    /// <summary>How many batches a silo works on side by side.</summary>
    public int CommitConcurrency { get; }

    /// <summary>Adds a silo.</summary>
    public void Join() => _members.Add(new Silo($"silo{++_silos}", this, _tables, _options, _cadence));

    /// <summary>
    /// Whether a grain was ever active twice at once: until it writes again, one of the two may not know the latest. Or
    /// whether a standby took over: what was lost may have been seen.
    /// </summary>
    public bool MayHaveGoneBack(GrainId grain) => _hasFailedOver || _twins.Contains(grain);

    /// <summary>A standby takes over.</summary>
    /// <param name="standby">What it has.</param>
    public void FailOver(StoredContent standby)
    {
        _tables.FailOver(standby);
        if (InvariantChecker.FailedOver(_tables.Holds) is not (> 0 and var lost))
            return;

        _hasFailedOver = true;
        Faults.Note(FaultKind.FailedOver, $"{lost} receipts are lost");
    }

    /// <summary>Brings a call to the activation of its grain; makes one if there is none.</summary>
    public void Deliver(Message message)
    {
        if (!_directory.TryGetValue(message.Target, out var activation))
            activation = Place(message);

        activation.Receive(message);
    }

    /// <summary>Takes a call from an activation that is gone.</summary>
    public void PassOn(Message message)
    {
        if (message.Forwarded++ < 2)
            Deliver(message);
        else
            Network.Answer(message, null, new OrleansException($"{message} was passed on too often."));
    }

    /// <summary>Takes an activation out of the directory.</summary>
    public void Forget(Activation activation)
    {
        activation.Silo.Activations.Remove(activation);
        if (_directory.GetValueOrDefault(activation.GrainId) == activation)
            _directory.Remove(activation.GrainId);
    }

    /// <summary>
    /// A silo fails in a random way, or a grain is deactivated. Another silo takes the place of a failed one.
    /// </summary>
    public void Upset()
    {
        var silo = Faults.Random.Pick(_members);
        switch (Faults.Random.Below(5))
        {
            case 0:
                Kill(silo);
                break;
            case 1:
                CutOff(silo);
                break;
            case 2:
                Stop(silo);
                break;
            default:
                DeactivateOne(silo);
                break;
        }
    }

    /// <summary>Ends the silos that were declared dead.</summary>
    public void Heal()
    {
        while (_cutOff.Count > 0)
            End(_cutOff[0]);
    }

    private Activation Place(Message message)
    {
        var silo =
            message.Target.Type == GrainKind.NodeTask && message.Caller is { } caller && _members.Contains(caller)
                ? caller
                : Faults.Random.Pick(_members);
        var activation = new Activation(silo, message.Target, ++_activations, this);
        if (_cutOff.Exists(old => old.Activations.Exists(other => other.GrainId == message.Target)))
            _twins.Add(message.Target);

        Trace.Add($"{activation} is activated");
        _directory[message.Target] = activation;
        silo.Activations.Add(activation);
        activation.Start();
        return activation;
    }

    private void Kill(Silo silo)
    {
        Faults.Note(FaultKind.SiloKilled, $"{silo}");
        Replace(silo);
        End(silo);
    }

    private void CutOff(Silo silo)
    {
        Faults.Note(FaultKind.SiloCutOff, $"{silo}");
        Replace(silo);
        Unregister(silo);
        _cutOff.Add(silo);
        Time.After(Faults.Random.Between(100, 8_000), () => End(silo));
    }

    private void Stop(Silo silo)
    {
        Faults.Note(FaultKind.SiloStopped, $"{silo}");
        Replace(silo);
        foreach (var activation in silo.Activations.ToArray())
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "its silo stops"));

        Time.After(TimeSpan.FromSeconds(30), () => End(silo));
    }

    private void DeactivateOne(Silo silo)
    {
        if (silo.Activations.Count == 0)
            return;

        var activation = Faults.Random.Pick(silo.Activations);
        Faults.Note(FaultKind.Deactivated, $"{activation}");
        activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "the simulation wants it"));
    }

    private void Replace(Silo silo)
    {
        _members.Remove(silo);
        Join();
    }

    /// <summary>Declares a silo dead: its activations are no longer found.</summary>
    private void Unregister(Silo silo)
    {
        foreach (
            var activation in silo.Activations.Where(activation =>
                _directory.GetValueOrDefault(activation.GrainId) == activation
            )
        )
            _directory.Remove(activation.GrainId);
    }

    private void End(Silo silo)
    {
        _cutOff.Remove(silo);
        if (!silo.Runs)
            return;

        Trace.Add($"{silo} is dead");
        Unregister(silo);
        foreach (var message in silo.Die())
        {
            // Some callers learn that the silo is dead, the others run into their timeout.
            if (Faults.Random.Percent(50))
                Network.Answer(message, null, new SiloUnavailableException($"{silo} is dead."));
        }
    }
}
