using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Vendor;

/// <summary>
/// What is logged of the vendor's API. Event ids 1390 to 1399. Paths and codes only: no credential, nothing of a body.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1390, LogLevel.Information, "The vendor gave a token, good until {End}.")]
    public static partial void TokenRenewed(ILogger logger, DateTimeOffset end);

    [LoggerMessage(
        1391,
        LogLevel.Warning,
        "The vendor gave no token: {Failure} (HTTP {HttpStatus}, code {Code}). If it is refused, Vendor:AppKey and "
            + "Vendor:AppSecret are wrong."
    )]
    public static partial void TokenNotRenewed(ILogger logger, VendorFailure failure, int? httpStatus, int? code);

    [LoggerMessage(1392, LogLevel.Warning, "A call of the vendor failed: {Path}, {Failure}.")]
    public static partial void CallFailed(ILogger logger, string path, VendorFailure failure, Exception cause);

    [LoggerMessage(
        1393,
        LogLevel.Information,
        "A call of the vendor was answered: {Path}, {Failure} (HTTP {HttpStatus}, code {Code})."
    )]
    public static partial void CallAnswered(
        ILogger logger,
        string path,
        VendorFailure failure,
        int? httpStatus,
        int? code
    );

    [LoggerMessage(1394, LogLevel.Warning, "The vendor is not available. It is asked again in {Seconds} s.")]
    public static partial void LeftAlone(ILogger logger, double seconds);
}
