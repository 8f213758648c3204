using System.Data.Common;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orleans.Workflow.Silo.Settings;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>What both hosts have in common.</summary>
public static class WorkflowHost
{
    /// <summary>Sets what holds unless the configuration says otherwise, and adds the database and the health checks.</summary>
    public static WebApplicationBuilder AddHostDefaults(this WebApplicationBuilder builder, HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddWorkflowDatabase(settings.Storage);
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database")
            .AddCheck<ClusterHealth>("cluster");
        return builder;
    }

    /// <summary>Makes a builder whose configuration starts with the product's defaults.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(arguments);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("urls", "http://127.0.0.1:8080"),
                new("Logging:LogLevel:Default", "Information"),
                new("Logging:LogLevel:Orleans", "Warning"),
                // Reports the time since the machine started as a stall of its first check.
                new("Logging:LogLevel:Orleans.Runtime.Watchdog", "Error"),
                new("Logging:LogLevel:Polly", "Warning"),
                new("Logging:LogLevel:Orleans.Workflow", "Information"),
                new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
            ],
        });
        return builder;
    }

    /// <summary>Maps <c>/health/live</c>, which says that the process runs, and <c>/health/ready</c>, which says that it can do its work.</summary>
    public static void MapHealth(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false });
        app.MapHealthChecks("/health/ready");
    }

    /// <summary>Runs a host; what stops it from starting is told in plain words and an exit code.</summary>
    /// <returns>0, or 1 if it could not start.</returns>
    public static async Task<int> Run(Func<Task> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        try
        {
            await start();
            return 0;
        }
        catch (Exception exception) when (exception is SettingsException or SchemaTooOldException or OtherVocabularyException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (DbException exception)
        {
            await Console.Error.WriteLineAsync(
                $"The database cannot be used: {exception.Message} Check Storage:Provider and ConnectionStrings:Workflows, and that the server runs.");
            return 1;
        }
    }
}
