using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>A fence that opens and closes as a test says.</summary>
internal sealed class ControlledFence : IMembershipFence
{
    /// <inheritdoc/>
    public bool IsOpen { get; set; } = true;

    /// <summary>Takes the place of the product's.</summary>
    public static void Decorate(IServiceCollection services) =>
        services.AddSingleton<IMembershipFence, ControlledFence>();
}
