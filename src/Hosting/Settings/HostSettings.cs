using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>The settings that every host has.</summary>
/// <param name="Storage">Where everything is stored.</param>
/// <param name="Cluster">Where the grains live.</param>
/// <param name="Vocabulary">How the vendor's words are read.</param>
/// <param name="Telemetry">How the host shows what it does.</param>
/// <param name="Retention">What is removed when.</param>
/// <param name="Audit">The audit beside the work.</param>
/// <param name="HasDashboard">Whether the silos collect what Orleans' dashboard shows.</param>
public sealed record HostSettings(
    StorageSettings Storage,
    ClusterSettings Cluster,
    Vocabulary Vocabulary,
    TelemetrySettings Telemetry,
    RetentionSettings Retention,
    AuditSettings Audit,
    bool HasDashboard
)
{
    /// <summary>The sections that only the Api reads. Another program of the product may be given them.</summary>
    public static readonly string[] OfTheApi = ["Access", "Http", "Sources", "Vendor", "Webhooks"];

    /// <summary>How much one workflow may hold.</summary>
    public WorkflowLimits Limits { get; init; } = WorkflowLimits.Default;

    /// <summary>Reads them; what is wrong is in the reader.</summary>
    public static HostSettings Read(SettingsReader reader, ClusterMode fallbackMode)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Describe(
            new Setting("urls", "Where HTTP listens.", "URLs, with `;` between them", HostingSettings.Urls)
        );
        var storage = StorageSettingsReader.Read(reader);
        return new HostSettings(
            storage,
            ClusterSettings.Read(reader, storage, fallbackMode),
            VocabularyReader.Read(reader),
            TelemetrySettings.Read(reader),
            RetentionSettings.Read(reader),
            AuditSettings.Read(reader),
            reader.Switch(
                "Dashboard:Enabled",
                false,
                "Shows Orleans' own dashboard at `/admin/dashboard/`. Set it for the Apis and the silos."
            )
        )
        {
            Limits = ReadLimits(reader),
        };
    }

    private static WorkflowLimits ReadLimits(SettingsReader reader)
    {
        var limits = WorkflowLimits.Default;
        return new WorkflowLimits(
            reader.Number(
                "Workflows:MaxNodes",
                limits.MaxNodes,
                1,
                1_000_000,
                "node tasks",
                "How many node tasks one workflow may have. A notification that brings more is answered 400; what is "
                    + "known still changes."
            ),
            reader.Number(
                "Workflows:MaxTasks",
                limits.MaxTasks,
                1,
                1_000_000,
                "tasks",
                "How many tasks all node tasks of one workflow may have, likewise."
            ),
            reader.Number(
                "Workflows:MaxNodeTypes",
                limits.MaxNodeTypes,
                1,
                100_000,
                "types",
                "How many different types the node tasks of one workflow may have, likewise."
            )
        );
    }
}
