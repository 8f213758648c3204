namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Settings that had another name until version 0.1. The old name is read, with a warning.</summary>
internal static class RenamedSettings
{
    private static readonly Dictionary<string, string> OldNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Http:MaxConnections"] = "Http:MostConnections",
        ["Http:MaxInFlight"] = "Http:MostInFlight",
        ["Http:MaxWaits"] = "Http:MostWaits",
        ["Retention:Receipts:MaxPerWorkflow"] = "Retention:Receipts:MostPerWorkflow",
        ["Retention:Rejected:Max"] = "Retention:Rejected:Most",
        ["Storage:CommitConcurrency"] = "Storage:Lanes",
        ["Storage:MaxBatch"] = "Storage:LargestBatch",
        ["Storage:MaxWaiting"] = "Storage:MostWaiting",
        ["Storage:MaxWaitingOfWorkflow"] = "Storage:MostWaitingOfWorkflow",
        ["Webhooks:MaxBodyBytes"] = "Webhooks:LargestBody",
    };

    /// <summary>The old name of a setting; null if it has always had its name.</summary>
    public static string? OldNameOf(string key) => OldNames.GetValueOrDefault(key);

    /// <summary>Whether a setting had this name.</summary>
    public static bool IsOldName(string key) => OldNames.Values.Contains(key, StringComparer.OrdinalIgnoreCase);
}
