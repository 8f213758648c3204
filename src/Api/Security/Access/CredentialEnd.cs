using Microsoft.AspNetCore.Authentication;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>Ends what a request holds open when the credential that opened it ends.</summary>
internal static class CredentialEnd
{
    /// <summary>A clock may be so far from the issuer's: a token is still accepted for so long.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Longer than that no timer of the platform waits.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(49);

    /// <summary>Is cancelled when the credential of a request ends; never if it has no end.</summary>
    public static CancellationTokenSource Of(HttpContext context, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(time);
        var result = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult;
        if (result?.Properties?.ExpiresUtc is not { } expiry)
            return new CancellationTokenSource();

        // Accepted after its end only because clocks differ: then it ends with that allowance.
        var left = expiry - time.GetUtcNow();
        left = left > TimeSpan.Zero ? left : left + ClockSkew;
        left = left > MaxTimer ? MaxTimer : left;
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
    }
}
