using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Admin;

/// <summary>Reads the bodies of what operators send, within the bounds of all bodies.</summary>
internal sealed class AdminBody(WebhookSettings settings, BodyBudget budget, TimeProvider time)
{
    /// <summary>Hands on the body of a request; what keeps it from being read is answered.</summary>
    public async Task Read(HttpContext context, Func<byte[], Task> handle)
    {
        using var share = budget.Enter();
        var (body, problem) = await RequestBody.Read(context.Request, settings, share, time, context.RequestAborted);
        await (body is null ? problem!.Write(context.Response) : handle(body));
    }
}
