namespace Orleans.Workflow.Api.Admin;

/// <summary>What is logged of what operators do. Event ids 1360 to 1369.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1360,
        LogLevel.Information,
        "A person was erased: {Facts} facts and {Refused} refused requests lost their bodies."
    )]
    public static partial void Erased(ILogger logger, int facts, int refused);
}
