using System.Diagnostics.Metrics;
using System.Reflection;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>Which build this process is, and which process.</summary>
internal static class BuildInfo
{
    private const int ShortCommit = 7;

    private static readonly string[] Parts = typeof(BuildInfo)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion.Split('+')
        ?? ["unknown"];

    /// <summary>The version, as in the file of the program.</summary>
    public static readonly string Version = Parts[0];

    /// <summary>The version, with the beginning of its commit where that is known.</summary>
    public static readonly string Build = Parts is [_, { Length: > ShortCommit } commit]
        ? $"{Version}+{commit[..ShortCommit]}"
        : Version;

    /// <summary>Names the process among those of all machines.</summary>
    public static readonly string Instance = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Shows the version as a metric.</summary>
    public static void Observe(IMeterFactory meters) =>
        meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableGauge(
                "workflow.build.info",
                static () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Version)),
                description: "1, with the version of the program."
            );
}
