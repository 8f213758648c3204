using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Ends this silo if it and an older one do not reach each other, and every other silo reaches both (ADR 0040).
/// </summary>
// Orleans votes against neither of the two: its indirect probes go through silos that reach both.
internal sealed class UnreachedSilo(
    IClusterMembershipService membership,
    IMembershipTable table,
    SiloContactClient contacts,
    ILocalSiloDetails local,
    TimeProvider time,
    ILogger<UnreachedSilo> logger
) : BackgroundService
{
    /// <summary>Longer than a silent connection stands; see <see cref="FailureDetection.SilenceOfSilos"/>.</summary>
    private const int MaxMissedAnswers = 5;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly SiloAddress _self = local.SiloAddress;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SiloAddress? unreached = null;
        DateTime? renewedAt = null;
        var missed = 0;
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var (silo, others) = await Ask(stoppingToken);
            missed =
                silo is null ? 0
                : silo.Equals(unreached) ? missed + 1
                : 1;
            unreached = silo;
            if (silo is null || await RenewedAt(silo, stoppingToken) is not { } renewed)
            {
                missed = 0;
                continue;
            }

            if (missed == 1)
                renewedAt = renewed;

            // Times of one row are compared: it runs and reaches the table, whatever its clock shows.
            if (missed < MaxMissedAnswers || renewed == renewedAt || _self.CompareTo(silo) < 0)
                continue;

            var reach = await Task.WhenAll(
                others.Select(other => Answers(() => contacts.Of(other).Reaches(silo), 2 * Timeout, stoppingToken))
            );
            if (Array.TrueForAll(reach, static reaches => reaches))
            {
                Safely.Run(() => Log.Unreached(logger, silo));

                // Not by itself: its gossip would not reach the older one, which would continue with grains that others
                // have taken over.
                await Answers(() => contacts.Of(others[0]).DeclareDead(_self), Timeout, stoppingToken);
            }
        }
    }

    /// <summary>Asks the other silos.</summary>
    /// <returns>
    /// The silo that does not answer and those that do; no silo unless exactly one is missing and another one answers.
    /// </returns>
    private async Task<(SiloAddress? Unreached, List<SiloAddress> Others)> Ask(CancellationToken cancellationToken)
    {
        var members = membership
            .CurrentSnapshot.Members.Values.Where(static member => member.Status == SiloStatus.Active)
            .Select(static member => member.SiloAddress)
            .ToList();
        if (!members.Remove(_self))
            return (null, []);

        var answers = await Task.WhenAll(
            members.Select(other => Answers(() => contacts.Of(other).IsMember(_self), Timeout, cancellationToken))
        );
        var others = members.Where((_, i) => answers[i]).ToList();
        return others.Count > 0 && others.Count == members.Count - 1
            ? (members.Except(others).Single(), others)
            : (null, others);
    }

    /// <returns>What the row of a silo says; null if it is no member any more or the table does not answer.</returns>
    private async Task<DateTime?> RenewedAt(SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Timeout);
            var row = await table.ReadRowAsync(silo, timeout.Token).WaitAsync(timeout.Token);
            return row.Members is [var (entry, _)] && entry.Status == SiloStatus.Active ? entry.IAmAliveTime : null;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> Answers(Func<Task<bool>> call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await call().WaitAsync(timeout, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
