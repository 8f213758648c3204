using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Silo.Hosting;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>Puts the HTTP contract into a host.</summary>
internal static class ApiHost
{
    /// <summary>Reads all settings and adds everything that the Api needs, with its own silo or as a client of others.</summary>
    /// <exception cref="SettingsException">The settings make no sense.</exception>
    public static WebApplicationBuilder AddWorkflowApi(this WebApplicationBuilder builder)
    {
        var reader = new SettingsReader(builder.Configuration);
        var settings = HostSettings.Read(reader, ClusterMode.Embedded);
        var webhooks = WebhookSettings.Read(reader);
        var http = HttpSettings.Read(reader);
        var sources = SourcesReader.Read(reader, builder.Environment.IsDevelopment());
        var access = AccessSettings.Read(reader, builder.Environment.IsDevelopment());
        reader.ThrowIfAny();

        builder.AddHostDefaults(settings);
        if (settings.Cluster.Mode == ClusterMode.Embedded)
            builder.AddWorkflowSilo(settings);
        else
            builder.AddWorkflowClient(settings);

        builder.AddHttpServer(http);
        builder.Services.AddAccess(access);
        builder.Services.AddContractDescription();
        builder.Services.AddSingleton(webhooks);
        builder.Services.AddSingleton(provider => new Sources(sources, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<RefusedAttempts>();
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddSingleton<WorkflowStatusWebhook>();
        builder.Services.AddSingleton<StateQueries>();
        builder.Services.AddSingleton<ListQueries>();
        return builder;
    }

    /// <summary>Maps the routes of the contract.</summary>
    public static void MapWorkflowApi(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(static handler => handler.Run(static context =>
        {
            SecurityHeaders.Set(context);
            return Problem.OfStatus(context.Response.StatusCode).Write(context.Response);
        }));
        app.UseStatusCodePages(static context => Problem.OfStatus(context.HttpContext.Response.StatusCode).Write(context.HttpContext.Response));

        // Webhooks and health checks end here. Whoever comes further must show who he is.
        app.UseRouting();
        app.UseRouteHeaders();
        app.UseSameOrigin();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseCredentialMetrics();

        app.MapWebhooks();
        app.MapQueries();
        app.MapCredentials();
        app.MapDashboard();
        app.MapHealth();
        app.MapOpenApi("/openapi/v1.json");
    }
}
