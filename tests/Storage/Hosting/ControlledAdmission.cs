using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>
/// The product's own admission, with a counter: a grain asks it in the turn in which it folds, so a test knows how
/// many notifications have reached their grains.
/// </summary>
internal sealed class ControlledAdmission(GroupCommitter committer) : IWriteAdmission
{
    private int _asked;

    /// <summary>How many notifications have reached their grains.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Whether nothing more is let in.</summary>
    public bool IsFull { get; set; }

    /// <inheritdoc/>
    public bool HasRoomFor(int waiting, int bytes)
    {
        Interlocked.Increment(ref _asked);
        return !IsFull && committer.HasRoomFor(waiting, bytes);
    }

    /// <inheritdoc/>
    public bool IsClosed => committer.IsClosed;

    /// <inheritdoc/>
    public bool IsFailing => committer.IsFailing;

    /// <inheritdoc/>
    public string? WhyFailing => committer.WhyFailing;

    /// <inheritdoc/>
    public int Epoch => committer.Epoch;

    /// <summary>Takes the place of the product's.</summary>
    public static void Decorate(IServiceCollection services) =>
        services.AddSingleton<IWriteAdmission>(static provider => new ControlledAdmission(
            provider.GetRequiredService<GroupCommitter>()
        ));
}
