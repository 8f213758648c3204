using Orleans.Core;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>What the grains of a silo find: its clock, and of everything else what Orleans has.</summary>
internal sealed class SiloServices(TimeProvider time) : IServiceProvider, IGrainRuntime
{
    public string SiloIdentity => "simulated";

    public SiloAddress SiloAddress => SiloAddress.Zero;

    public IGrainFactory GrainFactory => throw new NotSupportedException();

    public Orleans.Timers.ITimerRegistry TimerRegistry => throw new NotSupportedException();

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => time;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) ? this : OrleansParts.Services.GetService(serviceType);

    public void DeactivateOnIdle(IGrainContext grainContext) => throw new NotSupportedException();

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) =>
        throw new NotSupportedException();
}
