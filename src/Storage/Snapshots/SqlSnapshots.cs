using System.Data.Common;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Snapshots;

/// <summary>Opens transactions that see one moment.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where the databases differ.</param>
/// <param name="serviceId">The Orleans service whose states these are.</param>
internal sealed class SqlSnapshots(DbDataSource dataSource, ReadDialect dialect, string serviceId) : IWorkflowSnapshots
{
    /// <inheritdoc/>
    public async Task<IWorkflowSnapshot> Open(CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            return new SqlSnapshot(
                connection,
                await dialect.BeginSnapshot(connection, cancellationToken),
                dialect,
                serviceId
            );
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
