using Orleans.Dashboard;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>Orleans' own dashboard, for those who run the service.</summary>
internal static class DashboardEndpoints
{
    /// <summary>Its scripts and styles come with it.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps it, if it is wanted.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetRequiredService<HostSettings>().HasDashboard)
            app.MapAdmin().MapOrleansDashboard("/dashboard").ExcludeFromDescription().WithContentSecurityPolicy(Policy);
    }
}
