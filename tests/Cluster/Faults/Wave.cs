using System.Collections.Immutable;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Some workflows of the vendor and what was sent of them. What they say is not kept: it is drawn again from the seed,
/// so that hundreds of thousands of notifications fit into memory.
/// </summary>
/// <param name="seed">What it is drawn from.</param>
internal sealed class Wave(int seed)
{
    private const int Workflows = 40;

    private ImmutableArray<Attempt> _attempts = [];

    /// <summary>How many notifications it has.</summary>
    public int Deliveries { get; private set; }

    /// <summary>How many of them were acknowledged.</summary>
    public int Acknowledged => Times.Length;

    /// <summary>
    /// When each acknowledged notification was first sent and when it was acknowledged, as timestamps.
    /// </summary>
    public ImmutableArray<(long FirstSentAt, long AcknowledgedAt)> Times { get; private set; } = [];

    /// <summary>What the vendor says.</summary>
    public DeliveryPlan Draw() => DeliveryPlan.Generate(seed, Workflows);

    /// <summary>Keeps what was sent.</summary>
    public void Keep(DeliveryLog log)
    {
        _attempts =
        [
            .. _attempts,
            .. log.Sendings.Select(static sending => new Attempt(
                sending.PlannedDelivery.Number,
                sending.To,
                sending.StartedAt,
                sending.EndedAt,
                sending.Written,
                string.Intern(sending.Answer),
                sending.Acknowledged
            )),
        ];
        var plannedDeliveries = _attempts.GroupBy(static attempt => attempt.PlannedDelivery).ToList();
        Deliveries = plannedDeliveries.Count;
        Times =
        [
            .. plannedDeliveries
                .Where(static plannedDelivery =>
                    plannedDelivery.Any(static attempt => attempt.Acknowledged is not null)
                )
                .Select(static plannedDelivery =>
                    (
                        plannedDelivery.Min(static attempt => attempt.StartedAt),
                        plannedDelivery
                            .Where(static attempt => attempt.Acknowledged is not null)
                            .Min(static attempt => attempt.EndedAt)
                    )
                ),
        ];
    }

    /// <summary>Every attempt to deliver something.</summary>
    public IEnumerable<Sending> Sendings()
    {
        var plannedDeliveries = Draw().Deliveries.ToDictionary(static plannedDelivery => plannedDelivery.Number);
        return _attempts.Select(attempt => new Sending(
            plannedDeliveries[attempt.PlannedDelivery],
            attempt.To,
            attempt.StartedAt,
            attempt.EndedAt,
            attempt.Written,
            attempt.Answer,
            attempt.Acknowledged
        ));
    }

    /// <summary>The answers by how often they came.</summary>
    public IEnumerable<KeyValuePair<string, int>> Answers() => _attempts.CountBy(static attempt => attempt.Answer);

    private readonly record struct Attempt(
        int PlannedDelivery,
        Uri To,
        long StartedAt,
        long EndedAt,
        int Written,
        string Answer,
        Acknowledged? Acknowledged
    );
}
