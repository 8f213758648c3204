using System.Buffers.Text;
using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Orleans.Workflow.Api.OpenApi;

/// <summary>
/// The contract to browse and to try, at <c>/docs</c>. Everything that the pages load comes from this server.
/// </summary>
internal static class ContractPages
{
    /// <summary>Maps the pages.</summary>
    public static void MapContractPages(this IEndpointRouteBuilder app) =>
        app.MapScalarApiReference("/docs", static (options, context) =>
            {
                // The pages begin with a script of a few lines in the page itself, and set styles by script.
                var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
                context.Response.Headers.ContentSecurityPolicy =
                    $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
                    + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'";
                options
                    .WithNonce(nonce)
                    .WithTitle("Orleans.Workflow")
                    .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                    .HideClientButton()
                    .HideDeveloperTools()
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp();
            })
            .ExcludeFromDescription();
}
