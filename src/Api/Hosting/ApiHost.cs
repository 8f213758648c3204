using System.Collections.Immutable;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.Console;
using Orleans.Workflow.Api.Feed;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Operators;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Hosting.Telemetry;
using Orleans.Workflow.Vendor;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>Puts the HTTP contract into a host.</summary>
internal static class ApiHost
{
    /// <summary>Reads all settings, for the sake of their names.</summary>
    public static void ReadSettings(SettingsReader reader) => Read(reader, isDevelopment: false);

    /// <summary>
    /// Reads all settings and adds everything that the Api needs, with its own silo or as a client of others.
    /// </summary>
    /// <exception cref="SettingsException">The configuration is invalid.</exception>
    public static WebApplicationBuilder AddWorkflowApi(this WebApplicationBuilder builder)
    {
        var reader = new SettingsReader(builder.Configuration);
        var (settings, webhooks, http, vendor, sources, access) = Read(reader, builder.Environment.IsDevelopment());
        ListeningPorts.Check(reader, settings, hasSilo: settings.Cluster.Mode == ClusterMode.Embedded);
        reader.ThrowIfAny();

        builder.AddHostDefaults(settings, reader);
        if (settings.Cluster.Mode == ClusterMode.Embedded)
            builder.AddWorkflowSilo(settings);
        else
            builder.AddWorkflowClient(settings);

        builder.AddHttpServer(http);
        builder.Services.AddAccess(access);
        builder.Services.AddContractDescription();
        builder.Services.AddSingleton<LoadShedding>();
        builder.Services.AddSingleton(webhooks);
        builder.Services.AddSingleton(provider => new Sources(sources, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<RefusedAttempts>();
        builder.Services.AddSingleton<GrainCallMetrics>();
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddSingleton<WebhookMetrics>();
        builder.Services.AddSingleton<NotificationOutage>();
        builder.Services.AddSingleton<NotificationDelivery>();
        builder.Services.AddSingleton<RecentNotifications>();
        builder.Services.AddSingleton<RefusedRequests>();
        builder.Services.AddSingleton<BodyBudget>();
        builder.Services.AddSingleton<PushVerifier>();
        if (vendor is not null)
            builder.Services.AddVendorClient(vendor);

        builder.Services.AddSingleton<UnknownWebhook>();
        builder.Services.AddSingleton<Webhook>();
        builder.Services.AddSingleton<StateQueries>();
        builder.Services.AddSingleton<ListQueries>();
        builder.Services.AddSingleton<FactQueries>();
        builder.Services.AddConsole();
        builder.Services.AddFeed();
        builder.Services.AddSingleton<IApiFigures, ApiFigures>();
        builder.Services.AddSingleton<ExplainQueries>();
        builder.Services.AddSingleton<ReceivedWords>();
        builder.Services.AddSingleton<VocabularyQueries>();
        builder.Services.AddSingleton<AdminBody>();
        builder.Services.AddSingleton<RefoldCommands>();
        builder.Services.AddSingleton<ErasureCommands>();
        builder.Services.AddSingleton<OperatorActions>();
        builder.Services.AddSingleton<TrimmedResponses>();
        return builder;
    }

    private static (
        HostSettings,
        WebhookSettings,
        HttpSettings,
        VendorOptions?,
        ImmutableArray<Source>,
        AccessSettings
    ) Read(SettingsReader reader, bool isDevelopment)
    {
        var settings = HostSettings.Read(reader, ClusterMode.Embedded);
        var webhooks = WebhookSettings.Read(reader);
        var http = HttpSettings.Read(reader);
        var vendor = VendorSettings.Read(reader);
        var sources = SourcesReader.Read(reader, isDevelopment, hasVendor: vendor is not null);
        return (settings, webhooks, http, vendor, sources, AccessSettings.Read(reader, isDevelopment));
    }

    /// <summary>Maps the routes of the contract.</summary>
    public static void MapWorkflowApi(this WebApplication app)
    {
        app.Services.GetRequiredService<ServerRefusals>();

        // Made now, and not with the first request: their metrics are there from the start.
        app.Services.GetRequiredService<GrainCallMetrics>();
        app.Services.GetRequiredService<WebhookMetrics>();
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                ExceptionHandler = static context =>
                {
                    SecurityHeaders.Set(context);
                    return Problem.OfStatus(context.Response.StatusCode).Write(context.Response);
                },

                StatusCodeSelector = Unavailability.StatusOf,

                // During an outage every request would log the same; the storage logs it once.
                SuppressDiagnosticsCallback = static context => Unavailability.Is(context.Exception),
            }
        );

        app.UseUnambiguousTargets();

        // Webhooks and health checks, which write all their answers themselves, end here. All other requests must be
        // authenticated.
        app.UseRouting();
        app.UseStatusCodePages(static context =>
            Problem.OfStatus(context.HttpContext.Response.StatusCode).Write(context.HttpContext.Response)
        );
        app.UseRouteHeaders();
        app.UseSameOrigin();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseCredentialMetrics();
        app.UsePrefixedLinks();

        app.MapWebhooks();
        app.MapQueries();
        app.MapFeed();
        app.MapConsole();
        app.MapRefold();
        app.MapErasures();
        app.MapActions();
        app.MapCredentials();
        app.MapDashboard();
        app.MapHealth();
        app.MapMetrics();
        app.MapOpenApi("/openapi/v1.json");
        app.MapContractPages();
    }
}
