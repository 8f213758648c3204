using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>What is answered about receipts that retention has removed: never a page with a hole in it.</summary>
internal sealed class TrimmedResponses(SqlReadModel readModel)
{
    /// <summary>The answer about a deleted workflow.</summary>
    public const string Workflow =
        "The workflow had ended and was deleted when its time was over (Retention:EndedWorkflows:Days).";

    /// <summary>The header with the last receipt that was removed.</summary>
    public const string SeqHeader = "X-Removed-Through-Seq";

    private const string Receipts =
        "What comes next was removed when its time was over (Retention:Receipts). Ask without a cursor for what "
        + "is held.";

    /// <summary>
    /// Looks up what was removed of a workflow, after a page was read, and says so in the headers of the answer.
    /// </summary>
    /// <param name="response">The answer.</param>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="neededSeq">The first receipt that the page is about; null if it begins with what is held.</param>
    /// <returns>The problem if the page would have a hole; null if it is sound.</returns>
    public async Task<Problem?> Check(HttpResponse response, string workflowId, long? neededSeq)
    {
        if (await readModel.FindHorizon(workflowId, response.HttpContext.RequestAborted) is not { } horizon)
            return null;

        if (horizon.IsDeleted)
            return Problem.Gone(Workflow);

        if (neededSeq <= horizon.Seq)
            return Problem.Gone(Receipts);

        response.Headers[SeqHeader] = horizon.Seq.ToString();
        response.Headers["X-Removed-Through-Version"] = horizon.Version.ToString();
        return null;
    }

    /// <summary>Looks up what was removed of a workflow of which an earlier state could not be shown.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="version">The version that was asked for; null if it was a time.</param>
    /// <param name="place">Up to which receipt that is; null if there is no such receipt.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The problem if it was removed; null if it never was.</returns>
    public async Task<Problem?> FindEarlier(
        string workflowId,
        long? version,
        long? place,
        CancellationToken cancellationToken
    ) =>
        await readModel.FindHorizon(workflowId, cancellationToken) is not { } horizon ? null
        : horizon.IsDeleted ? Problem.Gone(Workflow)
        : version < horizon.Version || place < horizon.Seq
            ? Problem.Gone(
                "The receipts that this state was made of were removed when their time was over "
                    + $"(Retention:Receipts). The oldest version that can be shown is {horizon.Version}."
            )
        : null;

    /// <summary>
    /// Whether a receipt that is not there may have been removed: its id, a UUIDv7, says when it was received.
    /// </summary>
    public async Task<bool> MayHaveHeld(Guid receiptId, CancellationToken cancellationToken) =>
        receiptId.Version == 7
        && await readModel.FindRemovedThrough(cancellationToken) is { } removedThrough
        && ReceivedAt(receiptId) <= removedThrough.ToUnixTimeMilliseconds();

    private static long ReceivedAt(Guid receiptId)
    {
        Span<byte> bytes = stackalloc byte[16];
        receiptId.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
