namespace Orleans.Workflow.Storage.Operators;

/// <summary>What of a workflow's attention is put aside.</summary>
/// <param name="Attention">The reasons, as bits.</param>
/// <param name="Until">Until when; null for good.</param>
public sealed record AttentionReview(int Attention, DateTimeOffset? Until);
