using Orleans.Serialization.Invocation;
using Orleans.Storage;
using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>
/// An activation of a grain of the product, as Orleans runs it: activated by reading its state, one turn at a time,
/// deactivated when nothing runs in it. All methods of the product interleave, so a call starts when it arrives.
/// </summary>
internal sealed class Activation : IGrainContext
{
    private readonly Queue<Message> _waiting = [];
    private readonly List<Message> _running = [];
    private readonly Dictionary<Type, object?> _components = [];
    private readonly Lifecycle _lifecycle = new();
    private readonly Cluster _cluster;
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stage _stage = Stage.Activating;
    private bool _wasValid;
    private int _busy;

    public Activation(Silo silo, GrainId grainId, int number, Cluster cluster)
    {
        (Silo, GrainId, Number, _cluster) = (silo, grainId, number, cluster);
        Turns = new SimulatedScheduler(cluster.SimulationLoop, inOrder: true, this);
    }

    private enum Stage
    {
        Activating,
        Valid,
        Deactivating,
        Gone,
    }

    /// <summary>Where it lives.</summary>
    public Silo Silo { get; }

    /// <summary>Distinguishes it from the other activations of the run.</summary>
    public int Number { get; }

    /// <summary>Where its turns are.</summary>
    public SimulatedScheduler Turns { get; }

    public bool IsGone => _stage == Stage.Gone;

    public bool IsIdle => _stage == Stage.Valid && _busy == 0;

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => Silo.Services;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _deactivated.Task;

    public GrainReference GrainReference => throw new NotSupportedException();

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    /// <summary>Begins to activate.</summary>
    public void Start() => Begin(Activate);

    /// <summary>Takes a call.</summary>
    public void Receive(Message message)
    {
        if (IsGone)
        {
            _cluster.PassOn(message);
            return;
        }

        _waiting.Enqueue(message);
        StartWaiting();
    }

    /// <summary>Runs something as part of the grain. It is not deactivated before that has ended.</summary>
    public void Begin(Func<Task> work)
    {
        _busy++;
        _ = Turns.Run(async () =>
        {
            try
            {
                await work();
            }
            finally
            {
                _busy--;
                FinishDeactivation();
            }
        });
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (_stage is Stage.Deactivating or Stage.Gone)
            return;

        _cluster.Trace.Add($"{this} is to be deactivated: {deactivationReason.Description}");
        _wasValid = _stage == Stage.Valid;
        _stage = Stage.Deactivating;
        FinishDeactivation();
    }

    /// <summary>Ends with its silo, at any point of its work.</summary>
    /// <returns>The calls that will never be answered.</returns>
    public IEnumerable<Message> Vanish()
    {
        Turns.Vanish();
        _stage = Stage.Gone;
        return [.. _running, .. _waiting];
    }

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType) => _components.GetValueOrDefault(componentType);

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => _components[typeof(TComponent)] = value;

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Number;

    public override string ToString() => $"{GrainId.Key}#{Number} on {Silo}";

    private async Task Activate()
    {
        try
        {
            var grain = Silo.Create(this);
            GrainInstance = grain;
            await _lifecycle.OnStart(CancellationToken.None);
            await grain.OnActivateAsync(CancellationToken.None);
            if (_stage == Stage.Activating)
                _stage = Stage.Valid;
        }
        catch (Exception exception)
        {
            _cluster.Trace.Add($"{this} could not be activated: {exception.GetType().Name}");
            Leave();
            while (_waiting.TryDequeue(out var message))
                _cluster.Network.Answer(message, null, exception);
        }

        StartWaiting();
    }

    private void StartWaiting()
    {
        while (_stage == Stage.Valid && _waiting.TryDequeue(out var message))
        {
            if (!message.IsExpired(_cluster.Time))
                Begin(() => Answer(message));
        }
    }

    private async Task Answer(Message message)
    {
        _running.Add(message);
        message.Request.SetTarget(this);
        var (result, exception) = Unpack(await message.Request.Invoke());
        _running.Remove(message);
        _cluster.Trace.Add(
            $"{this}: {message.Request.GetMethodName()} -> {exception?.GetType().Name ?? result ?? "done"}"
        );
        _cluster.InvariantChecker.Answered(this, message.Request, result, exception);
        if (exception is InconsistentStateException)
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, "inconsistent state"));

        _cluster.Network.Answer(message, result, exception);
    }

    private static (object? Result, Exception? Exception) Unpack(Response response) =>
        response.Exception is { } exception ? (null, exception) : (response.Result, null);

    private void FinishDeactivation()
    {
        if (_stage == Stage.Deactivating && _busy == 0)
        {
            _busy++;
            _ = Turns.Run(Deactivate);
        }
    }

    private async Task Deactivate()
    {
        if (_wasValid)
            await ((IGrainBase)GrainInstance!).OnDeactivateAsync(
                new DeactivationReason(DeactivationReasonCode.None, ""),
                CancellationToken.None
            );

        Leave();
        while (_waiting.TryDequeue(out var message))
            _cluster.PassOn(message);
    }

    private void Leave()
    {
        _stage = Stage.Gone;
        _cluster.Forget(this);
        _deactivated.TrySetResult();
    }

    /// <summary>Orleans' own order of starting what a grain brings, such as reading its state.</summary>
    private sealed class Lifecycle()
        : LifecycleSubject(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance),
            IGrainLifecycle
    {
        public void AddMigrationParticipant(IGrainMigrationParticipant participant) { }

        public void RemoveMigrationParticipant(IGrainMigrationParticipant participant) { }
    }
}
