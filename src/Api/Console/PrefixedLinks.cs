using System.Text;
using System.Text.RegularExpressions;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// Puts the path base before the addresses of a page. Pages are written with addresses from the root, as the routes
/// are; behind a prefix every one of them, also one that is added later, is led there in this one place.
/// </summary>
internal static partial class PrefixedLinks
{
    /// <summary>Rewrites the pages of the console where there is a path base.</summary>
    public static void UsePrefixedLinks(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
                context.Request.PathBase.HasValue
                && context.Request.Path.StartsWithSegments("/console")
                && !context.Request.Path.StartsWithSegments("/console/assets")
                    ? Rewrite(context, next)
                    : next(context)
        );

    private static async Task Rewrite(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var prefix = context.Request.PathBase.ToUriComponent();
        var body = response.Body;
        using var page = new MemoryStream();
        response.Body = page;
        try
        {
            await next(context);
            await response.BodyWriter.FlushAsync();
        }
        finally
        {
            response.Body = body;
        }

        if (response.Headers.Location.ToString() is ['/', not '/', ..] location)
            response.Headers.Location = prefix + location;

        var bytes = page.ToArray();
        if (response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
            bytes = Encoding.UTF8.GetBytes(Rewrite(Encoding.UTF8.GetString(bytes), prefix));

        if (bytes.Length == 0)
            return;

        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static string Rewrite(string page, string prefix) => Address().Replace(page, match => match.Value + prefix);

    // In text a quotation mark is encoded, so that only an attribute can look like this.
    [GeneratedRegex("""(?<=\s(?:href|src|action|formaction|data-[a-z-]+)=")(?=/[^/]|/")""")]
    private static partial Regex Address();
}
