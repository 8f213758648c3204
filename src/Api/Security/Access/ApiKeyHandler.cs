using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>
/// Takes an API key in <c>X-Api-Key</c>, as a Bearer token, or as the password of HTTP Basic, which is how a browser
/// shows one when it opens a page or an event stream.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    AccessKeys keys,
    RefusedAttempts attempts
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The header for a key.</summary>
    public const string HeaderName = "X-Api-Key";

    private const string Realm = "realm=\"Orleans.Workflow\"";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Basic makes a browser ask for a password, which it should for a page only, not for what a page fetches.
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = IsPage ? $"Basic {Realm}, charset=\"UTF-8\"" : $"Bearer {Realm}";
        return Task.CompletedTask;
    }

    private bool IsPage =>
        Request.Headers["Sec-Fetch-Mode"].ToString() is { Length: > 0 } mode
            ? mode == "navigate"
            : Request.Headers[HeaderNames.Accept].ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private AuthenticateResult Authenticate()
    {
        Span<byte> hash = stackalloc byte[SecretSet.HashSize];
        CredentialKind? kind = CredentialKind.Header;
        if (Request.Headers.TryGetValue(HeaderName, out var key))
            SecretSet.Hash(key.ToString(), hash);
        else
            kind = AuthorizationHeader.HashSecret(Request.Headers.Authorization, hash);

        if (kind is null)
            return keys.Anonymous is { } anybody ? Success(anybody) : AuthenticateResult.NoResult();

        if (keys.Find(kind.Value, hash) is { } holder)
            return Success(holder);

        if (attempts.TryKeep(out _))
            Log.KeyRefused(Logger, Context.Connection.RemoteIpAddress);

        return AuthenticateResult.Fail("The API key is not one of Access:Keys.");
    }

    private AuthenticateResult Success(System.Security.Claims.ClaimsPrincipal holder) =>
        AuthenticateResult.Success(new AuthenticationTicket(holder, Scheme.Name));
}
