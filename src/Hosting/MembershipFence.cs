using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Keeps a silo from serving anything, reads included, while others may have declared it dead and taken over its
/// grains: after it stood still (a signal, a suspended machine, a very long pause), until it has read in the membership
/// table that it is still a member; and while it reaches neither the table nor enough of the other silos (<see
/// cref="MembershipContact"/>).
/// </summary>
/// <remarks>
/// A thread of its own beats, so that neither a busy thread pool nor a busy grain scheduler looks like a silo that
/// stands still.
/// </remarks>
internal sealed class MembershipFence : IMembershipFence, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = FailureDetection.MaxPause / 8;
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(2);

    private readonly MembershipLease _lease;
    private readonly MembershipContact _contact;
    private readonly IClusterMembershipService _membership;
    private readonly SiloAddress _self;
    private readonly TimeProvider _time;
    private readonly ILogger<MembershipFence> _logger;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Beats until the silo is gone: while it hands over its grains it still serves.</summary>
    private Thread? _heart;

    private Task _contacting = Task.CompletedTask;

    public MembershipFence(
        IClusterMembershipService membership,
        IMembershipTable table,
        SiloContactClient contacts,
        ILocalSiloDetails silo,
        IOptions<ClusterMembershipOptions> options,
        TimeProvider time,
        ILogger<MembershipFence> logger
    )
    {
        _lease = new MembershipLease(FailureDetection.MaxPause, FailureDetection.MaxTimeWithoutContact, time);
        _contact = new MembershipContact(table, membership, contacts, silo.SiloAddress, options.Value, time);
        _membership = membership;
        _self = silo.SiloAddress;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public bool IsOpen => _lease.Holds;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(MembershipFence), ServiceLifecycleStage.Active, _ =>
        {
            _lease.Start();
            _heart = new Thread(Beat) { IsBackground = true, Name = nameof(MembershipFence) };
            _heart.Start();
            _contacting = Task.Run(KeepContact, CancellationToken.None);
            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        // The container disposes of it under each of its registrations.
        if (_stopping.IsCancellationRequested)
            return;

        _stopping.Cancel();
        _heart?.Join();
        _contacting.GetAwaiter().GetResult();
        _stopping.Dispose();
    }

    private void Beat()
    {
        while (!_stopping.Token.WaitHandle.WaitOne(Period))
        {
            if (!_lease.Beat())
            {
                Safely.Run(() => Log.StoodStill(_logger, _lease.StoodStill.TotalSeconds));
                Confirm().GetAwaiter().GetResult();
            }
        }
    }

    private async Task KeepContact()
    {
        var isLost = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await _contact.Ask(_stopping.Token) is { } asked)
                    _lease.Contact(asked);

                if (isLost != _lease.IsOutOfContact)
                {
                    isLost = !isLost;
                    if (isLost)
                        Log.OutOfContact(_logger);
                    else
                        Log.InContact(_logger);
                }
            }
            catch (Exception exception)
            {
                // That is no contact; the next one may be.
                Safely.Log(exception, () => Log.NotConfirmed(_logger, exception));
            }

            await Task.Delay(FailureDetection.ContactPeriod, _time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Confirm()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                timeout.CancelAfter(ConfirmTimeout);

                // The first may share an answer that was on its way before this silo stood still; the second begins
                // after it.
                await _membership.Refresh(cancellationToken: timeout.Token);
                var asked = Moment.Now(_time);
                await _membership.Refresh(cancellationToken: timeout.Token);
                if (_membership.CurrentSnapshot.GetSiloStatus(_self) == SiloStatus.Active)
                {
                    _lease.Confirm(asked);
                    if (_lease.Holds)
                    {
                        Safely.Run(() => Log.StillMember(_logger));
                        return;
                    }
                }
            }
            catch (Exception exception)
            {
                Safely.Log(exception, () => Log.NotConfirmed(_logger, exception));
            }

            await Task.Delay(Period, _time);
        }
    }
}
