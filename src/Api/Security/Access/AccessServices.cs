using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>
/// Authenticates and authorizes clients. Every route needs the role <c>read</c> unless it says something else.
/// </summary>
internal static class AccessServices
{
    /// <summary>The scheme of API keys.</summary>
    public const string Key = "ApiKey";

    private const string Token = JwtBearerDefaults.AuthenticationScheme;
    private const string Either = "Access";

    /// <summary>Adds the schemes of authentication, and the policies of the roles.</summary>
    public static void AddAccess(this IServiceCollection services, AccessSettings settings)
    {
        // What the framework says of each wrong key; what is worth knowing of them is logged within bounds.
        services.AddLogging(static logging => logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning));
        services.AddSingleton(provider => new AccessKeys(settings, provider.GetRequiredService<TimeProvider>()));
        var authentication = services
            .AddAuthentication(settings.Jwt is null ? Key : Either)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(Key, null);
        if (settings.Jwt is { } jwt)
        {
            authentication
                .AddJwtBearer(Token, options => Configure(options, jwt))
                .AddPolicyScheme(Either, null, static either =>
                    either.ForwardDefaultSelector = static context =>
                        IsToken(context.Request.Headers.Authorization) ? Token : Key
                );
        }

        var read = new AuthorizationPolicyBuilder()
            .RequireRole(AccessRoles.Read, AccessRoles.ReadPersonal, AccessRoles.Operate, AccessRoles.Admin)
            .Build();
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(read)
            .SetDefaultPolicy(read)
            .AddPolicy(AccessRoles.Read, read)
            .AddPolicy(AccessRoles.Operate, static operate =>
                operate.RequireRole(AccessRoles.Operate, AccessRoles.Admin)
            )
            .AddPolicy(AccessRoles.Admin, static admin => admin.RequireRole(AccessRoles.Admin));
    }

    private static bool IsToken(string? authorization) =>
        AuthorizationHeader.Scheme(authorization, "Bearer ") is var token && token.Count('.') == 2;

    private static void Configure(JwtBearerOptions options, JwtSettings jwt)
    {
        options.MapInboundClaims = false;
        options.Authority = jwt.Authority;
        options.RequireHttpsMetadata = jwt.RequiresHttps;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = jwt.Issuer,
            ValidAudience = jwt.Audience,
            IssuerSigningKey = jwt.SigningKey,
            RoleClaimType = jwt.RoleClaim,
            NameClaimType = "sub",
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = CredentialEnd.ClockSkew,
        };
    }
}
