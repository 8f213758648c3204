namespace Orleans.Workflow.Api.Security;

/// <summary>
/// A content security policy for the pages of a route, in place of that of JSON, which allows nothing.
/// </summary>
/// <param name="Policy">The header's value.</param>
internal sealed record ContentSecurityPolicy(string Policy);

/// <summary>The headers that tell browsers what not to do with an answer.</summary>
internal static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";
    private const string OneYear = "max-age=31536000";

    /// <summary>Sets them on every answer.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
            {
                Set(context);
                return next(context);
            }
        );

    /// <summary>
    /// Sets what depends on the route: its content security policy, and that no cache may keep the answer unless it
    /// says so itself.
    /// </summary>
    public static void UseRouteHeaders(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.CacheControl = "no-store";
                if (context.GetEndpoint()?.Metadata.GetMetadata<ContentSecurityPolicy>() is { } policy)
                    headers.ContentSecurityPolicy = policy.Policy;

                return next(context);
            }
        );

    /// <summary>Gives a route, or all routes of a group, a content security policy of their own.</summary>
    public static TBuilder WithContentSecurityPolicy<TBuilder>(this TBuilder routes, string policy)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new ContentSecurityPolicy(policy));

    /// <summary>Sets those that every answer has.</summary>
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Nothing;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = OneYear;
    }
}
