using Microsoft.Net.Http.Headers;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// Refuses what a page of another site makes a browser send: the browser would add the credentials that it keeps for
/// us. Programs send neither header and are not concerned.
/// </summary>
internal static class SameOrigin
{
    /// <summary>Guards every request that may change something.</summary>
    public static void UseSameOrigin(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
                IsReading(context.Request.Method) || IsFromHere(context.Request)
                    ? next(context)
                    : Problem.CrossSite().Write(context.Response)
        );

    private static bool IsReading(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsFromHere(HttpRequest request)
    {
        // Browsers send the first only to trustworthy addresses: https, and the machine itself.
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";

        return request.Headers[HeaderNames.Origin].ToString() is not { Length: > 0 } origin
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
