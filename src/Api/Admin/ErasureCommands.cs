using System.Text.Json;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Operators;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Retention;

namespace Orleans.Workflow.Api.Admin;

/// <summary>Erases persons. Which, is in no log.</summary>
internal sealed class ErasureCommands(
    SqlErasure erasure,
    AdminBody bodies,
    OperatorActions actions,
    ILogger<ErasureCommands> logger
)
{
    /// <summary>Erases the person that the body names.</summary>
    public Task Erase(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query);
        return ProblemResults.Handle(context, parameters, () =>
            bodies.Read(context, body => Erase(context, Read(body)))
        );
    }

    private async Task Erase(HttpContext context, string? callee)
    {
        if (callee is null || Callees.Normalise(callee).Length < SqlErasure.MinLength)
        {
            await Problem
                .BadRequest(
                    $"Send {{\"callee\": \"…\"}} with a number or address of at least {SqlErasure.MinLength} "
                        + "characters.",
                    "$.callee"
                )
                .Write(context.Response);
            return;
        }

        var action = actions.Begin(context, OperatorActionKind.Erase);
        var erased = await erasure.Erase(callee, action, context.RequestAborted);
        Log.Erased(logger, erased.Facts, erased.RefusedRequests);
        await context.Response.WriteJson(
            new ErasureResponse(action.At, erased.Facts, erased.RefusedRequests),
            ApiJson.Default.ErasureResponse
        );
    }

    private static string? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.ErasureRequest)?.Callee;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The person to erase.</summary>
/// <param name="Callee">The number or address, with or without a leading plus; at least 6 characters.</param>
public sealed record ErasureRequest(string? Callee);

/// <summary>What an erasure did.</summary>
/// <param name="ErasedAt">When.</param>
/// <param name="Facts">How many facts lost their body.</param>
/// <param name="RefusedRequests">How many refused requests lost their body.</param>
public sealed record ErasureResponse(DateTimeOffset ErasedAt, int Facts, int RefusedRequests);
