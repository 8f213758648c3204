using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Storage;
using Orleans.Timers;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>What the grains of a silo find: its own storage and timers, and of everything else what Orleans has.</summary>
internal sealed class SiloServices(IGrainStorage storage, TimeProvider time)
    : IKeyedServiceProvider, IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => "simulated";

    public SiloAddress SiloAddress => SiloAddress.Zero;

    public IGrainFactory GrainFactory => throw new NotSupportedException();

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => time;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) ? this
        // Would remember every storage of every run.
        : serviceType.Name == "StateStorageBridgeSharedMap" ? null
        : OrleansParts.Services.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        serviceType == typeof(IGrainStorage) ? storage : throw new NotSupportedException();

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => GetKeyedService(serviceType, serviceKey)!;

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
