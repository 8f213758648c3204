using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>Gives references to grains. Only what the product uses of it.</summary>
internal sealed class GrainFactory(IGrainReferenceRuntime runtime) : IGrainFactory
{
    public T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithStringKey =>
        (T)
            (object)
                OrleansParts.Reference(
                    GrainId.Create(
                        typeof(T) == typeof(IWorkflowGrain) ? GrainKind.Workflow : GrainKind.NodeTask,
                        IdSpan.Create(primaryKey)
                    ),
                    runtime
                );

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) =>
        OrleansParts.Reference(grainId, runtime);

    public IAddressable GetGrain(GrainId grainId) => OrleansParts.Reference(grainId, runtime);

    public T GetGrain<T>(GrainId grainId)
        where T : IAddressable => (T)(object)OrleansParts.Reference(grainId, runtime);

    public T GetGrain<T>(Guid primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithGuidKey => throw new NotSupportedException();

    public T GetGrain<T>(long primaryKey, string? grainClassNamePrefix = null)
        where T : IGrainWithIntegerKey => throw new NotSupportedException();

    public T GetGrain<T>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where T : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public T GetGrain<T>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where T : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public T CreateObjectReference<T>(IGrainObserver obj)
        where T : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<T>(IGrainObserver obj)
        where T : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) =>
        throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) =>
        throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) =>
        throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();
}
