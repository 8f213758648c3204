using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Orleans.Workflow.Storage.Tests.Hosting.PostgresDatabases))]
[assembly: AssemblyFixture(typeof(Orleans.Workflow.Storage.Tests.Hosting.SqliteDatabases))]

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>A silo that the tests of a class share.</summary>
public abstract class SiloFixture(ITestDatabases databases) : IAsyncLifetime
{
    private SiloUnderTest? _silo;

    /// <summary>The silo.</summary>
    public SiloUnderTest Silo => _silo ?? throw new InvalidOperationException("The silo has not started.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _silo = await StartAsync();

    /// <summary>Starts another silo, on an empty database.</summary>
    public async Task<SiloUnderTest> StartAsync(Action<IServiceCollection>? configure = null) =>
        await SiloUnderTest.StartAsync(await databases.CreateAsync(), configure);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _silo?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

/// <summary>A silo on SQLite.</summary>
public sealed class SqliteSilo(SqliteDatabases databases) : SiloFixture(databases);

/// <summary>A silo on PostgreSQL.</summary>
public sealed class PostgresSilo(PostgresDatabases databases) : SiloFixture(databases);
