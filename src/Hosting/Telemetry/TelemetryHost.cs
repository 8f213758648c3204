using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>Puts metrics, and where they are asked for traces and exported logs, into a host.</summary>
public static class TelemetryHost
{
    /// <summary>Where Prometheus reads.</summary>
    private const string MetricsPath = "/metrics";

    private static readonly string[] Meters =
    [
        WorkflowTelemetry.Name,
        "Microsoft.Orleans",
        "Npgsql",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Runtime",
    ];

    /// <summary>
    /// Adds metrics for <c>/metrics</c>; and if a collector is named sends it metrics, traces and logs.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="settings">What is asked for.</param>
    public static WebApplicationBuilder AddWorkflowTelemetry(
        this WebApplicationBuilder builder,
        TelemetrySettings settings
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource
                    .AddService(
                        builder.Environment.ApplicationName,
                        serviceVersion: BuildInfo.Version,
                        serviceInstanceId: BuildInfo.Instance
                    )
                    .AddEnvironmentVariableDetector()
            )
            .WithMetrics(static metrics =>
                metrics
                    .AddMeter(Meters)
                    // Two updates a request, of what the durations and the connections tell too.
                    .AddView("http.server.active_requests", MetricStreamConfiguration.Drop)
                    .AddPrometheusExporter()
            );

        builder.Services.AddSingleton<EmptyHistograms>();

        // Without a collector nobody listens to spans, and none is ever made.
        if (settings.Otlp is { } otlp)
        {
            telemetry
                .WithTracing(tracing => AddTraces(tracing, settings.TraceRatio))
                .WithLogging(static _ => { }, static logs => logs.IncludeFormattedMessage = true);
            if (otlp.Endpoint is { } endpoint)
                telemetry.UseOtlpExporter(otlp.Protocol, endpoint);
            else
                telemetry.UseOtlpExporter();
        }

        builder.Logging.AddConsole(
            settings.LogFormat ?? (builder.Environment.IsDevelopment() ? LogFormat.Text : LogFormat.Json)
        );
        return builder;
    }

    /// <summary>Maps <c>/metrics</c>, in the text format of Prometheus.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        BuildInfo.Observe(app.Services.GetRequiredService<IMeterFactory>());
        var histograms = app.Services.GetRequiredService<EmptyHistograms>();
        app.MapPrometheusScrapingEndpoint(MetricsPath)
            .Finally(endpoint =>
            {
                var answer = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context => histograms.Complete(context, answer);
            });
    }

    private static void AddTraces(TracerProviderBuilder tracing, double ratio) =>
        tracing
            .SetSampler(new ParentBasedSampler(new RequestSampler(ratio)))
            .AddSource(WorkflowTelemetry.Name, ActivitySources.AllActivitySourceName, "Npgsql")
            .AddAspNetCoreInstrumentation(static requests =>
                requests.Filter = static context => !IsProbe(context.Request.Path)
            )
            .AddProcessor(new UrlRemoval());

    /// <summary>What asks for health or metrics all day long tells nothing about the work.</summary>
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health") || path.StartsWithSegments(MetricsPath);
}
