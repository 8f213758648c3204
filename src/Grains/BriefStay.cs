namespace Orleans.Workflow.Grains;

/// <summary>
/// Deactivates a grain soon after its last call, unless a call found what users ask for. Not thread-safe: it lives on
/// the grain's scheduler.
/// </summary>
/// <param name="context">The grain's context.</param>
/// <param name="time">The clock.</param>
// Orleans keeps an idle activation for 15 minutes, whatever it was made for (ADR 0037).
internal sealed class BriefStay(IGrainContext context, TimeProvider time)
{
    /// <summary>So that a burst of calls for one id shares an activation.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private int _running;
    private int _begun;
    private bool _isLeaving;
    private bool _isKept;

    /// <summary>Begins a call; its end is to dispose of what is returned.</summary>
    public Call Begin()
    {
        _running++;
        _begun++;
        return new Call(this);
    }

    /// <summary>Leaves the activation to Orleans.</summary>
    public void Keep() => _isKept = true;

    private void End()
    {
        if (--_running == 0 && !_isKept && !_isLeaving)
            _ = Leave();
    }

    private async Task Leave()
    {
        _isLeaving = true;
        int begun;
        do
        {
            begun = _begun;
            await Task.Delay(Linger, time);
        } while (!_isKept && (_running > 0 || _begun != begun));

        // Only now: from here on Orleans lets calls wait for those that run, and hands them to the next activation.
        _isLeaving = false;
        if (!_isKept)
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody needs it."));
    }

    /// <summary>A call that runs.</summary>
    public readonly struct Call(BriefStay stay) : IDisposable
    {
        /// <summary>Ends the call.</summary>
        public void Dispose() => stay.End();
    }
}
