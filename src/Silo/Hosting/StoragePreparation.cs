using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>Sees to the schema before anything uses the database.</summary>
public static class StoragePreparation
{
    /// <summary>
    /// Brings the schema up to date where that is nobody else's task: on SQLite, and in development. Elsewhere checks it.
    /// </summary>
    /// <exception cref="SchemaTooOldException">The schema is older than this program.</exception>
    public static async Task PrepareStorage(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var schema = host.Services.GetRequiredService<ISchema>();
        var isOurs = host.Services.GetRequiredService<StorageSettings>().Provider == StorageProvider.Sqlite
            || host.Services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        if (isOurs)
            await host.Migrate();

        await schema.Check(CancellationToken.None);
    }

    /// <summary>Brings the schema up to date.</summary>
    public static async Task Migrate(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var applied = await host.Services.GetRequiredService<ISchema>().Migrate(CancellationToken.None);
        if (applied.Count > 0)
            Log.Migrated(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Workflow.Schema"), string.Join(", ", applied));
    }
}
