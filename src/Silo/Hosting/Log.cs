namespace Orleans.Workflow.Silo.Hosting;

/// <summary>What the hosts log. Event ids 1200 to 1299, 1380, and of the vocabulary 1070.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Warning, "No silo answers yet: {Reason}")]
    public static partial void NoSilo(ILogger logger, string reason);

    [LoggerMessage(1201, LogLevel.Information, "The schema of the database was brought up to date: {Scripts}.")]
    public static partial void Migrated(ILogger logger, string scripts);

    [LoggerMessage(1380, LogLevel.Warning, "The longest silence could not be found out; it is tried again.")]
    public static partial void SilenceUnknown(ILogger logger, Exception exception);

    [LoggerMessage(1070, LogLevel.Warning, "The vocabulary {Fingerprint} is in force now, in the place of {Before}. Restart the other silos with it, then fold again: POST /admin/refold.")]
    public static partial void VocabularyAdopted(ILogger logger, string fingerprint, string before);
}
