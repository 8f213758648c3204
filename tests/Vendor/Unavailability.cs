using Microsoft.AspNetCore.Http;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>The ways in which a vendor is unavailable for a while.</summary>
internal static class Unavailability
{
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(1500);

    /// <summary>Each of them, by name.</summary>
    public static readonly Dictionary<string, Func<HttpContext, Task>> Kinds = new()
    {
        ["HTTP 500"] = VendorServer.With(500, "<html>"),
        ["HTTP 503"] = VendorServer.With(503),
        ["HTTP 429"] = VendorServer.With(429, """{"code":429}"""),
        ["HTTP 408"] = VendorServer.With(408),
        ["code 500"] = VendorServer.WithCode(500),
        ["silence"] = VendorServer.Silence,
        ["a connection that is cut"] = VendorServer.Cut,
        ["a body that does not end"] = static async context =>
        {
            await context.Response.WriteAsync("{\"code\":");
            await context.Response.Body.FlushAsync();
            await VendorServer.Silence(context);
        },
        ["a body that is cut"] = static async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("{\"code\":");
            await context.Response.Body.FlushAsync();
            context.Abort();
        },
    };

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. Kinds.Keys];

    /// <summary>Only what never comes is worth a brief time-out: other answers may be late on a busy machine.</summary>
    public static TimeSpan? TimeoutOf(string name) => name is "silence" or "a body that does not end" ? Brief : null;
}
