using Orleans.Configuration;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Finds out again and again whether this silo is still a member: from its row in the membership table, or, while the
/// database is away, from the other silos. It is declared dead by votes that are written to the table, so without the
/// table it is safe as long as the silos that it does not reach are too few to vote it out.
/// </summary>
internal sealed class MembershipContact(
    IMembershipTable table,
    IClusterMembershipService membership,
    SiloContactClient contacts,
    SiloAddress self,
    ClusterMembershipOptions options,
    TimeProvider time
)
{
    /// <summary>The table is asked alone for so long; the others are not bothered while it answers.</summary>
    private static readonly TimeSpan TableAlone = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private volatile Moment _tableAnsweredAt = Moment.Now(time);

    /// <summary>Asks once.</summary>
    /// <returns>A moment at which this silo was still a member; null if nothing says so.</returns>
    public async Task<Moment?> Ask(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TableAlone + Timeout);
        var asked = Moment.Now(time);
        var fromTable = IsMemberByTable(timeout.Token);
        var first = await Task.WhenAny(fromTable, Task.Delay(TableAlone, time, timeout.Token));
        if (first == fromTable && await fromTable is { } answer)
            return answer ? asked : null;

        var askedSilos = Moment.Now(time);
        var fromSilos = IsMemberBySilos(timeout.Token);
        if (await Task.WhenAny(fromTable, fromSilos) == fromSilos && await fromSilos)
            return askedSilos;

        if (await fromTable is { } late)
            return late ? asked : null;

        return await fromSilos ? askedSilos : null;
    }

    /// <returns>Null if the table does not answer.</returns>
    private async Task<bool?> IsMemberByTable(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.ReadRowAsync(self, cancellationToken).WaitAsync(cancellationToken);
            _tableAnsweredAt = Moment.Now(time);

            // The gossip of a silo that does not reach this one is missing (ADR 0040).
            if (row.Version.Version > membership.CurrentSnapshot.Version.Value)
                await membership.Refresh(cancellationToken: cancellationToken);

            if (row.Members is [var (entry, _)] && entry.Status.IsMember())
                return true;

            // Orleans reads the table less often: it learns at once that it is to end.
            await membership.Refresh(cancellationToken: cancellationToken);
            return false;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async Task<bool> IsMemberBySilos(CancellationToken cancellationToken)
    {
        var others = membership
            .CurrentSnapshot.Members.Values.Where(member =>
                member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self)
            )
            .Select(static member => member.SiloAddress)
            .ToList();
        var answers = await Task.WhenAll(others.Select(other => IsMember(other, cancellationToken)));

        // Silos that have not written to the table for so long have no vote to be counted on: one other is enough to
        // declare this one dead.
        var votes =
            _tableAnsweredAt.Elapsed(time) < FailureDetection.RowIsOldAfter / 2
                ? Math.Min(options.NumVotesForDeathDeclaration, others.Count)
                : 1;
        return !answers.Contains(false) && answers.Count(static answer => answer is null) < Math.Max(votes, 1);
    }

    /// <returns>Null if the other silo does not answer.</returns>
    private async Task<bool?> IsMember(SiloAddress other, CancellationToken cancellationToken)
    {
        try
        {
            return await contacts.Of(other).IsMember(self).WaitAsync(cancellationToken);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
