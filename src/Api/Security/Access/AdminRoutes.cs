namespace Orleans.Workflow.Api.Security.Access;

/// <summary>The routes for those who run the service.</summary>
internal static class AdminRoutes
{
    /// <summary>A group below <c>/admin</c>; whatever is mapped on it needs the role <c>admin</c>.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder app) =>
        app.MapGroup("/admin").WithTags("Admin").RequireAuthorization(AccessRoles.Admin);
}
