using Npgsql;

namespace Orleans.Workflow.PlainOrleans;

/// <summary>
/// The silo, set up as the documentation says, or with what an experienced team changes (<c>--Tuned=true</c>).
/// </summary>
internal static class PlainStorage
{
    public static ISiloBuilder AddPlainStorage(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.UseLocalhostClustering(
            configuration.GetValue("Cluster:SiloPort", 11111),
            configuration.GetValue("Cluster:GatewayPort", 30000)
        );
        var connectionString = configuration.GetConnectionString("Workflows")!;
        if (!configuration.GetValue("Tuned", false))
        {
            return silo.AddAdoNetGrainStorageAsDefault(options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = connectionString;
            });
        }

        var tuned = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = 32,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        var dataSource = NpgsqlDataSource.Create(tuned);
        silo.Services.AddSingleton(dataSource);
        return silo.AddAdoNetGrainStorageAsDefault(options =>
        {
            options.Invariant = "Npgsql";
            options.DataSource = dataSource;
            options.GrainStorageSerializer = new StateSerializer();
        });
    }
}
