using Orleans.Core;
using Orleans.Timers;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>What the grains of a silo find: its own timers, and of everything else what Orleans has.</summary>
internal sealed class SiloServices(TimeProvider time) : IServiceProvider, IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => "simulated";

    public SiloAddress SiloAddress => SiloAddress.Zero;

    public IGrainFactory GrainFactory => throw new NotSupportedException();

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => time;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) ? this : OrleansParts.Services.GetService(serviceType);

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        new GrainTimer((Activation)grainContext, time, cancellationToken => callback(state, cancellationToken), options);

    public IDisposable RegisterTimer(
        IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "it asked for it"));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();
}
