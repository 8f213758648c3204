using System.Text;
using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Console;
using Orleans.Workflow.Api.Feed;
using Orleans.Workflow.Api.Admin;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security;
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
        var sources = SourcesReader.Read(reader, builder.Environment.IsDevelopment());
        reader.ThrowIfAny();

        builder.AddHostDefaults(settings);
        if (settings.Cluster.Mode == ClusterMode.Embedded)
            builder.AddWorkflowSilo(settings);
        else
            builder.AddWorkflowClient(settings);

        // The limit on a body is our own, so that what is over it is answered and kept like every other refusal.
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;

            // Nobody reads it, so no byte in it is wrong; in UTF-8, which is the default, some are.
            kestrel.RequestHeaderEncodingSelector = static name =>
                name.Equals(HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1 : null;
        });
        builder.Services.AddContractDescription();
        builder.Services.AddSingleton(webhooks);
        builder.Services.AddSingleton(sources);
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddSingleton<NotificationDelivery>();
        builder.Services.AddSingleton<WorkflowStatusWebhook>();
        builder.Services.AddSingleton<StateQueries>();
        builder.Services.AddSingleton<ListQueries>();
        builder.Services.AddConsole();
        builder.Services.AddFeed();
        builder.Services.AddSingleton<ExplainQueries>();
        builder.Services.AddSingleton<VocabularyQueries>();
        builder.Services.AddSingleton<RefoldCommands>();
        return builder;
    }

    /// <summary>Maps the routes of the contract.</summary>
    public static void MapWorkflowApi(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = static context => Problem.OfStatus(context.Response.StatusCode).Write(context.Response),

            // A body that breaks the rules of HTTP is found while it is read, and is not our error.
            StatusCodeSelector = static exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages(static context => Problem.OfStatus(context.HttpContext.Response.StatusCode).Write(context.HttpContext.Response));
        app.MapWebhooks();
        app.MapQueries();
        app.MapConsole();
        app.MapAdmin();
        app.MapHealth();
        app.MapOpenApi("/openapi/v1.json");
        app.MapContractPages();
    }
}
