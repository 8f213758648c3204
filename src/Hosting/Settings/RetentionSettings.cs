namespace Orleans.Workflow.Hosting.Settings;

/// <summary>What is removed when, and how fast. Null removes nothing.</summary>
/// <param name="ReceiptDays">How old a receipt becomes.</param>
/// <param name="MaxReceipts">How many receipts of a workflow are kept.</param>
/// <param name="RejectedDays">How old a refused request becomes.</param>
/// <param name="FactDays">How old a fact becomes.</param>
/// <param name="FactBodyDays">How old the body of a fact becomes.</param>
/// <param name="EndedDays">How long a workflow is kept after its last change, once it has ended.</param>
/// <param name="Every">The time between two passes.</param>
/// <param name="Pause">The time between two removals.</param>
public sealed record RetentionSettings(
    int? ReceiptDays,
    int? MaxReceipts,
    int? RejectedDays,
    int? FactDays,
    int? FactBodyDays,
    int? EndedDays,
    TimeSpan Every,
    TimeSpan Pause
)
{
    /// <summary>Removes nothing.</summary>
    public static readonly RetentionSettings Off = new(
        null,
        null,
        null,
        null,
        null,
        null,
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMilliseconds(50)
    );

    /// <summary>Whether anything is ever removed.</summary>
    public bool IsOn =>
        (ReceiptDays ?? MaxReceipts ?? RejectedDays ?? FactDays ?? FactBodyDays ?? EndedDays) is not null;

    /// <summary>Reads the section <c>Retention</c>.</summary>
    public static RetentionSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new RetentionSettings(
            Days(
                reader,
                "Retention:Receipts:Days",
                "How long a receipt is kept; without it, always. What is removed is answered 410. See "
                    + "[audit-and-retention.md](operations/audit-and-retention.md#retention)."
            ),
            reader.OptionalNumber(
                "Retention:Receipts:MaxPerWorkflow",
                1,
                1_000_000_000,
                "receipts",
                "How many receipts of one workflow are kept; without it, all."
            ),
            Days(reader, "Retention:Rejected:Days", "How long a refused request is kept; without it, always."),
            Days(
                reader,
                "Retention:Facts:Days",
                "How long a fact (a call, a message, an entry of the list) is kept; without it, always. Its count "
                    + "stays."
            ),
            Days(
                reader,
                "Retention:FactBodies:Days",
                "How long the body of a fact, which says who it is about, is kept; without it, as long as the fact."
            ),
            Days(
                reader,
                "Retention:EndedWorkflows:Days",
                "How long an ended workflow is kept after its last change; without it, always. A tombstone remains."
            ),
            reader.Seconds("Retention:EverySeconds", 600, 1, 86_400, "The time between two passes."),
            TimeSpan.FromSeconds(
                1.0
                    / reader.Number(
                        "Retention:BatchesPerSecond",
                        20,
                        1,
                        1000,
                        "transactions a second",
                        "How many transactions remove rows, each up to 256 of them."
                    )
            )
        );
    }

    private static int? Days(SettingsReader reader, string key, string meaning) =>
        reader.OptionalNumber(key, 0, 36_500, "days", meaning);
}
