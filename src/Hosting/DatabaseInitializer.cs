using Orleans.Workflow.Domain;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Hosting;

/// <summary>Sees to the schema and the vocabulary before anything uses the database.</summary>
public static class DatabaseInitializer
{
    /// <summary>
    /// Brings the schema up to date, and puts the configured vocabulary in force, where no other process does that: on
    /// SQLite, and in development. Elsewhere checks them.
    /// </summary>
    /// <exception cref="SchemaTooOldException">The schema is older than this program.</exception>
    /// <exception cref="OtherVocabularyException">This is a silo, and another vocabulary than its own is in
    /// force.</exception>
    /// <exception cref="SettingsException">This is a silo, and the other silos cannot reach it under its
    /// address.</exception>
    public static async Task PrepareStorage(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var schema = host.Services.GetRequiredService<ISchema>();
        var isOurs =
            host.Services.GetRequiredService<StorageSettings>().Provider == StorageProvider.Sqlite
            || host.Services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        if (isOurs)
            await host.Migrate();

        await schema.Check(CancellationToken.None);
        if (host.Services.GetService<WorkflowFold>() is { Vocabulary: var own })
            await host.PrepareVocabulary(own, isOurs);

        await host.PrepareMembership();
    }

    /// <summary>Brings the schema up to date.</summary>
    public static async Task Migrate(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var applied = await host.Services.GetRequiredService<ISchema>().Migrate(CancellationToken.None);
        if (applied.Count > 0)
            Log.Migrated(
                host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Workflow.Schema"),
                string.Join(", ", applied)
            );
    }
}
