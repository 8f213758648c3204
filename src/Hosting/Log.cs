namespace Orleans.Workflow.Hosting;

/// <summary>What the hosts log. Event ids 1200 to 1299, of the vocabulary 1070, of metrics 1380 and 1381.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning, "No silo answers yet: {Reason}")]
    public static partial void NoSilo(ILogger logger, string reason);

    [LoggerMessage(1205, LogLevel.Warning, "{Warning}")]
    public static partial void SettingRenamed(ILogger logger, string warning);

    [LoggerMessage(1202, LogLevel.Information, "This process is ready.")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(1203, LogLevel.Warning, "This process is not ready: {Reasons}")]
    public static partial void NotReady(ILogger logger, string reasons);

    [LoggerMessage(
        1204,
        LogLevel.Warning,
        "This process ends without leaving its cluster in order, because nothing can be stored: {Reason}."
    )]
    public static partial void StoppedDuringOutage(ILogger logger, string? reason);

    [LoggerMessage(1201, LogLevel.Information, "The schema of the database was brought up to date: {Scripts}.")]
    public static partial void Migrated(ILogger logger, string scripts);

    [LoggerMessage(1202, LogLevel.Critical, "The process ends by an error that no setting explains.")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(1380, LogLevel.Warning, "The totals for the metrics could not be read; they are read again.")]
    public static partial void TotalsUnknown(ILogger logger, Exception exception);

    [LoggerMessage(1381, LogLevel.Error, "Whether this process is ready could not be found out; it is asked again.")]
    public static partial void NotChecked(ILogger logger, Exception exception);

    [LoggerMessage(
        1070,
        LogLevel.Warning,
        "The vocabulary {Fingerprint} is in force now, in the place of {Before}. Restart the other silos with "
            + "it, then fold again: POST /admin/refold."
    )]
    public static partial void VocabularyAdopted(ILogger logger, string fingerprint, string before);

    [LoggerMessage(
        1210,
        LogLevel.Warning,
        "This silo stood still for up to {Seconds:0.0} s; it serves nothing until it has confirmed that it is "
            + "still a member."
    )]
    public static partial void StoodStill(ILogger logger, double seconds);

    [LoggerMessage(1211, LogLevel.Information, "This silo is still a member and serves again.")]
    public static partial void StillMember(ILogger logger);

    [LoggerMessage(1212, LogLevel.Warning, "This silo could not confirm that it is still a member; it asks again.")]
    public static partial void NotConfirmed(ILogger logger, Exception? exception);

    [LoggerMessage(
        1213,
        LogLevel.Warning,
        "This silo reaches neither the membership table nor enough of the other silos; it serves nothing until it does."
    )]
    public static partial void OutOfContact(ILogger logger);

    [LoggerMessage(
        1214,
        LogLevel.Information,
        "This silo reaches the membership table or enough of the other silos and serves again."
    )]
    public static partial void InContact(ILogger logger);

    [LoggerMessage(
        1215,
        LogLevel.Warning,
        "The silo {Silo} has neither answered nor renewed its row in the membership table for {Seconds:0} s; it "
            + "is declared dead before this one joins."
    )]
    public static partial void DeclaredDead(ILogger logger, SiloAddress silo, double seconds);

    [LoggerMessage(
        1216,
        LogLevel.Critical,
        "This silo and {Silo}, which is older, do not reach each other, and all other silos reach both. This "
            + "silo ends; start it again."
    )]
    public static partial void Unreached(ILogger logger, SiloAddress silo);
}
