using System.Net;
using Orleans.Workflow.Api.Webhooks;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// What the guards log. Event ids 1300 to 1349. Names are those of the settings; what a stranger sent is never logged.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Warning, "A notification from {Address} was refused: {Verdict} (source {Source}).")]
    public static partial void SourceRefused(ILogger logger, IPAddress? address, SourceVerdict verdict, string source);

    [LoggerMessage(
        1301,
        LogLevel.Warning,
        "A request from {Address} was refused: its API key is not one of Access:Keys."
    )]
    public static partial void KeyRefused(ILogger logger, IPAddress? address);

    [LoggerMessage(
        1302,
        LogLevel.Warning,
        "A request from {Address} below /webhooks was answered {Status}: there is no such webhook, or it takes "
            + "another method (source {Source})."
    )]
    public static partial void UnknownWebhook(ILogger logger, IPAddress? address, int status, string source);

    [LoggerMessage(
        1303,
        LogLevel.Warning,
        "A push of a Custom API node is {Verification} (source {Source}, which has VerifyPushes={Policy})."
    )]
    public static partial void PushNotVerified(
        ILogger logger,
        string source,
        PushVerification verification,
        PushVerificationPolicy policy
    );
}
