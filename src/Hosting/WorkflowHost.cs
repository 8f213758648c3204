using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration.Memory;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Hosting.Telemetry;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Hosting;

/// <summary>What both hosts have in common.</summary>
public static class WorkflowHost
{
    /// <summary>
    /// Sets what holds unless the configuration says otherwise, and adds the database, the health checks and the
    /// telemetry.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="reader">What read them.</param>
    /// <param name="isBeside">
    /// Whether it has no grains, and so may run beside a process that has a SQLite file for itself.
    /// </param>
    public static WebApplicationBuilder AddHostDefaults(
        this WebApplicationBuilder builder,
        HostSettings settings,
        SettingsReader reader,
        bool isBeside = false
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(reader);
        builder.Services.AddHostedService<SettingWarnings>();
        builder.Services.AddWorkflowDatabase(settings.Storage, isBeside);
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<Readiness>());
        builder.Services.AddHostedService<StopDuringOutage>();
        builder.Services.AddProcessStatus();
        builder
            .Services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database")
            .AddCheck<ClusterHealth>("cluster")
            .AddCheck<StoppingHealth>("stopping");
        return builder.AddWorkflowTelemetry(settings.Telemetry);
    }

    /// <summary>Makes a builder whose configuration starts with the product's defaults.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] arguments)
    {
        var builder = Create(arguments);
        builder.Configuration.Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData =
                [
                    new("urls", HostingSettings.Urls),
                    new("Logging:LogLevel:Default", "Information"),
                    new("Logging:LogLevel:Orleans", "Warning"),
                    // Reports the time since the machine started as a stall of its first check.
                    new("Logging:LogLevel:Orleans.Runtime.Watchdog", "Error"),
                    new("Logging:LogLevel:Polly", "Warning"),
                    // Logs each question that is answered no; Readiness logs each change.
                    new("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks", "None"),
                    new("Logging:LogLevel:Orleans.Workflow", "Information"),
                    new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
                ],
            }
        );
        return builder;
    }

    private static WebApplicationBuilder Create(string[] arguments)
    {
        try
        {
            return WebApplication.CreateBuilder(arguments);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            // A file of settings, or the folder that --contentRoot names. The file's own error is inside.
            var reason = $"{exception.Message} {exception.InnerException?.Message}".TrimEnd();
            throw new SettingsException([$"A file of settings, or its folder, can't be read: {reason}"]);
        }
    }

    /// <summary>
    /// Maps <c>/health/live</c>, which says that the process runs, and <c>/health/ready</c>, which says that it can do
    /// its work. Neither needs a credential.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false })
            .AllowAnonymous()
            .ShortCircuit();
        var readiness = new HealthCheckOptions { ResponseWriter = app.Services.GetRequiredService<Readiness>().Write };
        app.MapHealthChecks("/health/ready", readiness).AllowAnonymous().ShortCircuit().Finally(EndQuietly);
    }

    /// <summary>A load balancer that gives up is no error of ours, and none to be logged as unhandled.</summary>
    private static void EndQuietly(EndpointBuilder endpoint)
    {
        var answer = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            try
            {
                await answer(context);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Nobody waits for the answer.
            }
        };
    }

    /// <summary>
    /// Runs a host or a command. What an operator can put right is a clean message; anything else is logged with its
    /// stack trace.
    /// </summary>
    /// <returns>What it returns, or 1 if it could not be done.</returns>
    public static async Task<int> Run(Func<Task<int>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            return await run();
        }
        catch (Exception exception)
            when (exception
                    is SettingsException
                        or DatabaseUnavailableException
                        or SchemaTooOldException
                        or OtherVocabularyException
            )
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (Exception exception)
        {
            // By a logger of its own, which writes when it is closed: that of the host is closed by now, if there was
            // one.
            var format = IsDevelopment() ? LogFormat.Text : LogFormat.Json;
            using var logging = LoggerFactory.Create(logging => logging.AddConsole(format));
            Log.Failed(logging.CreateLogger(typeof(WorkflowHost).FullName!), exception);
            return 1;
        }
    }

    private static bool IsDevelopment() =>
        (
            Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        )
            is { } name
        && name.Equals(Environments.Development, StringComparison.OrdinalIgnoreCase);
}
