namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>What the headers of an answer 200 say.</summary>
/// <param name="ReceiptId">Header <c>X-Receipt-Id</c>.</param>
/// <param name="Effect">Header <c>X-Effect</c>.</param>
/// <param name="Version">Header <c>X-Workflow-Version</c>.</param>
public sealed record Acknowledged(Guid ReceiptId, string Effect, long Version);

/// <summary>One attempt to deliver a delivery.</summary>
/// <param name="PlannedDelivery">What was sent.</param>
/// <param name="To">The Api that it was sent to.</param>
/// <param name="StartedAt">When, as a timestamp of the run's clock.</param>
/// <param name="EndedAt">When its answer came, or it was given up.</param>
/// <param name="Written">How often its body was put on the wire; 0 if there was no connection.</param>
/// <param name="Answer">The status code, or why there was none.</param>
/// <param name="Acknowledged">What the answer 200 says; null if there was another answer, or none.</param>
public sealed record Sending(
    PlannedDelivery PlannedDelivery,
    Uri To,
    long StartedAt,
    long EndedAt,
    int Written,
    string Answer,
    Acknowledged? Acknowledged
);
