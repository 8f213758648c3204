using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// Keeps a silo that stood still (a signal, a suspended machine, a very long pause) from serving anything, reads included, until it has
/// read in the membership table that it is still a member: meanwhile others may have declared it dead and taken over its grains.
/// </summary>
/// <remarks>
/// A thread of its own beats, so that neither a busy thread pool nor a busy grain scheduler looks like a silo that stands still.
/// </remarks>
internal sealed class MembershipFence : IMembershipFence, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = FailureDetection.LongestPause / 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MembershipLease _lease;
    private readonly IClusterMembershipService _membership;
    private readonly SiloAddress _self;
    private readonly TimeProvider _time;
    private readonly ILogger<MembershipFence> _logger;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Beats until the silo is gone: while it hands over its grains it still serves.</summary>
    private Thread? _heart;

    public MembershipFence(IClusterMembershipService membership, ILocalSiloDetails silo, TimeProvider time, ILogger<MembershipFence> logger)
    {
        _lease = new MembershipLease(FailureDetection.LongestPause, time);
        _membership = membership;
        _self = silo.SiloAddress;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public bool IsOpen => _lease.Holds;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(MembershipFence),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _lease.Start();
            _heart = new Thread(Beat) { IsBackground = true, Name = nameof(MembershipFence) };
            _heart.Start();
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
        _stopping.Dispose();
    }

    private void Beat()
    {
        while (!_stopping.Token.WaitHandle.WaitOne(Period))
        {
            if (!_lease.Beat())
            {
                Log.StoodStill(_logger, (_lease.EndedSince + FailureDetection.LongestPause).TotalSeconds);
                Confirm().GetAwaiter().GetResult();
            }
        }
    }

    private async Task Confirm()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                patience.CancelAfter(Patience);

                // The first may share an answer that was on its way before this silo stood still; the second begins after it.
                await _membership.Refresh(cancellationToken: patience.Token);
                var asked = _time.GetTimestamp();
                await _membership.Refresh(cancellationToken: patience.Token);
                if (_membership.CurrentSnapshot.GetSiloStatus(_self) == SiloStatus.Active)
                {
                    _lease.Confirm(asked);
                    if (_lease.Holds)
                    {
                        Log.StillMember(_logger);
                        return;
                    }
                }
            }
            catch (Exception exception)
            {
                Log.NotConfirmed(_logger, exception);
            }

            await Task.Delay(Period, _time);
        }
    }
}
