using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Testing.Deliveries.Checks;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>Something that does not hold.</summary>
/// <param name="Check">What should.</param>
/// <param name="WorkflowId">Of which workflow.</param>
/// <param name="What">In what way it does not.</param>
public sealed record Violation(string Check, string WorkflowId, string What);

/// <summary>What the checker saw.</summary>
/// <param name="Workflows">How many workflows it compared.</param>
/// <param name="Receipts">How many receipts they have.</param>
/// <param name="Violations">What does not hold.</param>
public sealed record DeliveryReport(int Workflows, int Receipts, ImmutableArray<Violation> Violations)
{
    private const int MaxShown = 20;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder($"{Workflows} workflows with {Receipts} receipts, {Violations.Length} violations");
        foreach (
            var check in Violations
                .GroupBy(static violation => violation.Check)
                .OrderBy(static check => check.Key, StringComparer.Ordinal)
        )
        {
            var workflows = check.Select(static violation => violation.WorkflowId).Distinct().Count();
            text.Append($"\n{check.Key}: {check.Count()} in {workflows} workflows");
        }

        foreach (var (check, workflowId, what) in Violations.Take(MaxShown))
            text.Append($"\n  [{check}] workflow {workflowId}: {what}");

        return text.ToString();
    }

    /// <summary>Does nothing if everything holds.</summary>
    /// <exception cref="DeliveryException">Something does not hold.</exception>
    public void ThrowIfViolated()
    {
        if (!Violations.IsEmpty)
            throw new DeliveryException(ToString());
    }
}

/// <summary>Compares, over HTTP, what the product shows with what was sent and with the fold.</summary>
public static class DeliveryChecker
{
    private const int Concurrency = 16;

    /// <summary>Checks every workflow of which something was sent.</summary>
    public static async Task<DeliveryReport> CheckAsync(
        DeliveryLog log,
        Uri address,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(log);
        using var reader = new ServiceReader(address);
        return await CheckAsync(log.Sendings, reader, await reader.ListWorkflows(cancellation), cancellation);
    }

    /// <summary>Checks every workflow of some attempts to deliver something.</summary>
    /// <param name="sendings">Every attempt to deliver something of these workflows.</param>
    /// <param name="reader">Reads what the product shows.</param>
    /// <param name="rows">The product's list of workflows, by id.</param>
    /// <param name="cancellation">Cancels the check.</param>
    public static async Task<DeliveryReport> CheckAsync(
        IEnumerable<Sending> sendings,
        ServiceReader reader,
        IReadOnlyDictionary<string, JsonElement> rows,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(rows);
        var violations = new ConcurrentQueue<Violation>();
        var (workflows, receipts) = (0, 0);
        await Parallel.ForEachAsync(
            sendings.GroupBy(static sending => sending.PlannedDelivery.WorkflowId, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation },
            async (sent, token) =>
            {
                var row = rows.TryGetValue(sent.Key, out var listed) ? listed : (JsonElement?)null;
                var shown = await reader.ReadWorkflow(sent.Key, row, token);
                foreach (var violation in Check(sent.Key, [.. sent], shown))
                    violations.Enqueue(violation);

                Interlocked.Increment(ref workflows);
                Interlocked.Add(ref receipts, shown?.Receipts.Length ?? 0);
            }
        );
        return new DeliveryReport(workflows, receipts, [.. violations]);
    }

    /// <summary>Checks one workflow.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="sent">Every attempt to deliver something of it.</param>
    /// <param name="shown">What the product shows of it; null if it does not know it.</param>
    public static IEnumerable<Violation> Check(string workflowId, ImmutableArray<Sending> sent, ShownWorkflow? shown)
    {
        if (shown is null)
        {
            var acknowledged = sent.Count(static sending => sending.Acknowledged is not null);
            return acknowledged == 0
                ? []
                :
                [
                    new Violation(
                        "C3 acknowledged means folded",
                        workflowId,
                        $"{acknowledged} receipts were acknowledged and nothing is known of it"
                    ),
                ];
        }

        var evidence = new Evidence(sent, shown);
        return DeliveryCheck.All.SelectMany(check =>
            check.Find(evidence).Select(what => new Violation(check.Name, workflowId, what))
        );
    }
}
