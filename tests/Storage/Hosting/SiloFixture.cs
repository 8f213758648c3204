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
    /// <param name="configure">Changes to the registrations.</param>
    /// <param name="change">Changes to the settings.</param>
    public async Task<SiloUnderTest> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<StorageSettings, StorageSettings>? change = null
    )
    {
        var settings = await databases.CreateAsync();
        return await SiloUnderTest.StartAsync(change?.Invoke(settings) ?? settings, configure);
    }

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
