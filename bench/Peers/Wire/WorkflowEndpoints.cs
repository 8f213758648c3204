using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orleans.Workflow.Wire;

/// <summary>The HTTP side that all peers share.</summary>
public static class WorkflowEndpoints
{
    /// <summary>Maps the webhook, the query and the health check.</summary>
    /// <param name="routes">Where to map.</param>
    /// <param name="receive">Stores a notification and its raw body; when it completes, the notification is
    /// durable.</param>
    /// <param name="find">Reads a workflow.</param>
    /// <param name="receiveCall">Stores a call completion and its raw body; null if the peer takes none.</param>
    public static void MapWorkflows(
        this IEndpointRouteBuilder routes,
        Func<VendorNotification, byte[], Task> receive,
        Func<string, Task<StoredWorkflow?>> find,
        Func<CallCompletion, byte[], Task>? receiveCall = null
    )
    {
        if (receiveCall is not null)
        {
            routes.MapPost("/webhooks/airudder/call-completion", async (HttpContext http) =>
            {
                var body = await Body.ReadAsync(http.Request);
                await receiveCall(Body.Call(body), body);
                await Body.AcknowledgeAsync(http.Response);
            });
        }

        routes.MapPost("/webhooks/airudder/workflow-status", async (HttpContext http) =>
        {
            var body = await Body.ReadAsync(http.Request);
            await receive(Body.Notification(body), body);
            await Body.AcknowledgeAsync(http.Response);
        });
        routes.MapGet("/workflows/{id}", async (HttpContext http) =>
            await Body.AnswerAsync(http.Response, await find((string)http.GetRouteValue("id")!))
        );
        routes.MapGet("/health/ready", (HttpContext http) => Body.AcknowledgeAsync(http.Response));
    }
}
