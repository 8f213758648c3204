using Orleans.Core.Internal;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

/// <summary>What the grains do when their storage does not do as it should. In a silo of the product.</summary>
public abstract partial class GrainsOverFailingStorage(SiloFixture fixture) : IDisposable
{
    private SiloUnderTest Silo => fixture.Silo;

    private ControlledDatabase Control => Silo.Control;

    /// <summary>Leaves the shared silo as it was.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Control.Heal();
        Silo.Admission.IsFull = false;
        Silo.Fence.IsOpen = true;
    }

    private static Func<StateWrite, bool> Of(string workflowId) => write => write.Key.GrainKey == GrainKeys.Workflow(workflowId);

    /// <summary>Calls until the grain has reloaded its state. Until then it must say so, and nothing else.</summary>
    private static async Task<T> OnceReloaded<T>(Func<Task<T>> call)
    {
        T answer = default!;
        await Deadline.Until(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (WorkflowUnavailableException)
                {
                    return false;
                }
            },
            "the grain serves again");
        return answer;
    }

    /// <summary>Sends notifications and waits until their grain has folded them all.</summary>
    private async Task<List<Task<Acknowledgement>>> Send(IWorkflowGrain workflow, params IEnumerable<NotificationReceipt> receipts)
    {
        var before = Silo.Admission.Asked;
        var calls = receipts.Select(workflow.Receive).ToList();
        await Deadline.Until(() => Silo.Admission.Asked - before >= calls.Count, $"{calls.Count} notifications arrive");
        return calls;
    }

    private Task<long> ReceiptRows(string workflowId) =>
        Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", workflowId));

    private static async Task Deactivate(SiloUnderTest silo, string workflowId) =>
        await silo.Workflow(workflowId).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    /// <summary>Deactivates a workflow's grain and waits until its next activation has read the state.</summary>
    private async Task Reactivate(string workflowId)
    {
        var (workflow, key) = (Silo.Workflow(workflowId), GrainKeys.Workflow(workflowId));
        var reads = Control.ReadsOf(key);
        await Deactivate(Silo, workflowId);
        await Deadline.Until(
            async () =>
            {
                await workflow.GetState();
                return Control.ReadsOf(key) > reads;
            },
            "the grain is activated again");
    }
}

/// <summary>Over SQLite.</summary>
public sealed class GrainsOverFailingSqlite(SqliteSilo fixture) : GrainsOverFailingStorage(fixture), IClassFixture<SqliteSilo>;

/// <summary>Over PostgreSQL.</summary>
public sealed class GrainsOverFailingPostgres(PostgresSilo fixture) : GrainsOverFailingStorage(fixture), IClassFixture<PostgresSilo>;
