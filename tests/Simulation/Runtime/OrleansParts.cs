using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.CodeGeneration;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>What the simulated silos take from Orleans as it is: generated references and requests.</summary>
internal static class OrleansParts
{
    private static readonly IHost Host = BuildHost();

    private static readonly Dictionary<GrainType, Type> References = new()
    {
        [GrainKind.Workflow] = Generated(typeof(IWorkflowGrain)),
        [GrainKind.NodeTask] = Generated(typeof(INodeTaskGrain)),
    };

    /// <summary>The services of a silo that is never started.</summary>
    public static IServiceProvider Services => Host.Services;

    /// <summary>A generated reference to a grain, which hands its requests to a runtime of ours.</summary>
    public static GrainReference Reference(GrainId grain, IGrainReferenceRuntime runtime)
    {
        var shared = new GrainReferenceShared(
            grain.Type,
            GrainInterfaceType.Create(grain.Type.ToString()!),
            0,
            runtime,
            InvokeMethodOptions.None,
            Services.GetRequiredService<CodecProvider>(),
            Services.GetRequiredService<CopyContextPool>(),
            Services
        );
        return (GrainReference)Activator.CreateInstance(References[grain.Type], shared, grain.Key)!;
    }

    private static IHost BuildHost()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(static silo => silo.UseLocalhostClustering());
        return builder.Build();
    }

    private static Type Generated(Type grain) =>
        Services
            .GetRequiredService<IOptions<TypeManifestOptions>>()
            .Value.InterfaceProxies.Single(grain.IsAssignableFrom);
}

/// <summary>The types of the product's grains.</summary>
internal static class GrainKind
{
    public static readonly GrainType Workflow = GrainType.Create("workflow");

    public static readonly GrainType NodeTask = GrainType.Create("node-task");
}
