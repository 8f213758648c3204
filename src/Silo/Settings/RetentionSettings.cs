namespace Orleans.Workflow.Silo.Settings;

/// <summary>What is removed when, and how fast. Null keeps for ever.</summary>
/// <param name="ReceiptDays">How old a receipt becomes.</param>
/// <param name="MostReceipts">How many receipts of a workflow are kept.</param>
/// <param name="RejectedDays">How old a refused request becomes.</param>
/// <param name="EndedDays">How long a workflow is kept after its last change, once it has ended.</param>
/// <param name="Every">The time between two passes.</param>
/// <param name="Pause">The time between two removals.</param>
public sealed record RetentionSettings(
    int? ReceiptDays, int? MostReceipts, int? RejectedDays, int? EndedDays, TimeSpan Every, TimeSpan Pause)
{
    /// <summary>Keeps everything for ever.</summary>
    public static readonly RetentionSettings Off = new(null, null, null, null, TimeSpan.FromMinutes(10), TimeSpan.FromMilliseconds(50));

    /// <summary>Whether anything is ever removed.</summary>
    public bool IsOn => (ReceiptDays ?? MostReceipts ?? RejectedDays ?? EndedDays) is not null;

    /// <summary>Reads the section <c>Retention</c>.</summary>
    public static RetentionSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown("Retention", "Receipts", "Rejected", "EndedWorkflows", "EverySeconds", "BatchesPerSecond");
        reader.OnlyKnown("Retention:Receipts", "Days", "MostPerWorkflow");
        reader.OnlyKnown("Retention:Rejected", "Days", "Most", "MaxBytes");
        reader.OnlyKnown("Retention:EndedWorkflows", "Days");
        return new RetentionSettings(
            Days(reader, "Retention:Receipts:Days"),
            Number(reader, "Retention:Receipts:MostPerWorkflow", 1, 1_000_000_000),
            Days(reader, "Retention:Rejected:Days"),
            Days(reader, "Retention:EndedWorkflows:Days"),
            TimeSpan.FromSeconds(reader.Number("Retention:EverySeconds", 600, 1, 86_400)),
            TimeSpan.FromSeconds(1.0 / reader.Number("Retention:BatchesPerSecond", 20, 1, 1000)));
    }

    private static int? Days(SettingsReader reader, string key) => Number(reader, key, 0, 36_500);

    private static int? Number(SettingsReader reader, string key, int least, int most) =>
        reader.Text(key) is null ? null : reader.Number(key, least, least, most);
}
