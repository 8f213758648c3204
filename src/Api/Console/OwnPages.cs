namespace Orleans.Workflow.Api.Console;

/// <summary>Takes what changes something from the console's own pages only: a browser says from where a form was sent.</summary>
internal static class OwnPages
{
    /// <summary>Refuses what a page of another site makes a browser send. Programs send neither header and are not concerned.</summary>
    public static async ValueTask<object?> Only(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var isOwn = request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site is "same-origin" or "none"
            : request.Headers.Origin.ToString() is not { Length: > 0 } origin
                || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        return isOwn ? await next(context) : ConsolePage.Forbidden();
    }
}
