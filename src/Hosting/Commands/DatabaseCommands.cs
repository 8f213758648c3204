using System.CommandLine;
using Orleans.Workflow.Hosting.Audit;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage;
using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Sqlite;

namespace Orleans.Workflow.Hosting.Commands;

/// <summary>The commands that work on the database and end.</summary>
internal static class DatabaseCommands
{
    /// <summary>Adds the commands to a program.</summary>
    /// <param name="root">The program.</param>
    /// <param name="settings">The settings behind the command.</param>
    public static void AddTo(RootCommand root, Func<string[]> settings)
    {
        root.Add(Migrate(settings));
        root.Add(Of("adopt-vocabulary", "Puts the configured vocabulary in force, in the place of another.", async () =>
            {
                await using var host = Build(settings());
                await host.PrepareStorage();
                await host.AdoptVocabulary(host.Services.GetRequiredService<HostSettings>().Vocabulary);
                return 0;
            }));
        var json = new Option<bool>("--json") { Description = "One JSON object a line, the totals last." };
        var audit = new Command(
            "audit",
            "Folds every stored receipt again and compares the result with what is stored. Exit code 2: findings."
        )
        {
            json,
        };
        audit.SetAction(
            async (parsed, cancellationToken) =>
            {
                await using var host = Build(settings(), isBeside: true);
                return await host.Audit(parsed.GetValue(json), cancellationToken);
            }
        );
        root.Add(audit);
        root.Add(Rebuild(settings));
        root.Add(Backup(settings));
    }

    private static Command Migrate(Func<string[]> settings)
    {
        var grantTo = new Option<string>("--grant-to")
        {
            HelpName = "ROLE",
            Description =
                "Gives a role of PostgreSQL, which does not own the tables, the privileges that the service needs.",
        };
        var migrate = new Command(
            "migrate",
            "Brings the schema of the database up to date. On PostgreSQL, shows which privileges a role of the "
                + "service needs."
        )
        {
            grantTo,
        };
        migrate.SetAction(
            async (parsed, cancellationToken) =>
            {
                await using var host = Build(settings());
                var role = parsed.GetValue(grantTo);
                if (
                    role is not null
                    && host.Services.GetRequiredService<StorageSettings>().Provider != StorageProvider.Postgres
                )
                    throw new SettingsException(["--grant-to needs Storage:Provider=Postgres; SQLite has no roles."]);

                await host.Migrate();
                var schema = host.Services.GetRequiredService<ISchema>();
                var grants = await schema.WriteGrants(
                    role ?? "workflows_app",
                    apply: role is not null,
                    cancellationToken
                );
                if (grants.Count > 0)
                {
                    await Console.Out.WriteLineAsync(
                        role is null
                            ? "-- What a role needs that does not own the tables; migrate --grant-to ROLE grants it:"
                            : "-- Granted:"
                    );
                }

                foreach (var grant in grants)
                    await Console.Out.WriteLineAsync(grant + ';');

                return 0;
            }
        );
        return migrate;
    }

    private static Command Rebuild(Func<string[]> settings)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line, the totals last." };
        var rebuild = new Command(
            "rebuild",
            "Folds every stored receipt again and rewrites the states that differ, while the product runs or not. "
                + "Exit code 2: some could not be rebuilt."
        )
        {
            json,
        };
        rebuild.SetAction(
            async (parsed, cancellationToken) =>
            {
                await using var host = Build(settings(), isBeside: true);
                return await host.Rebuild(parsed.GetValue(json), cancellationToken);
            }
        );
        return rebuild;
    }

    private static Command Backup(Func<string[]> settings)
    {
        var to = new Option<string>("--to")
        {
            HelpName = "FILE",
            Required = true,
            Description = "Where the copy is written: a file that does not exist yet.",
        };
        var backup = new Command("backup", "Copies the SQLite database whole, while the product runs or not.") { to };
        backup.SetAction(
            async (parsed, _) =>
            {
                await using var host = Build(settings(), isBeside: true);
                if (host.Services.GetService<SqliteBackup>() is not { } database)
                {
                    throw new SettingsException([
                        "backup copies a SQLite file, and Storage:Provider is Postgres. Use pg_dump; see "
                            + "docs/operations/backup.md.",
                    ]);
                }

                var (path, bytes) = database.Write(parsed.GetRequiredValue(to));
                await Console.Out.WriteLineAsync($"{path}: {bytes} bytes, checked.");
                return 0;
            }
        );
        return backup;
    }

    private static Command Of(string name, string description, Func<Task<int>> run)
    {
        var command = new Command(name, description);
        command.SetAction((_, _) => run());
        return command;
    }

    private static WebApplication Build(string[] arguments, bool isBeside = false)
    {
        var builder = WorkflowHost.CreateBuilder(arguments);
        var reader = new SettingsReader(builder.Configuration);

        // No command joins a cluster, so that each works on either database.
        var settings = HostSettings.Read(reader, ClusterMode.Embedded);
        reader.Leave(HostSettings.OfTheApi);
        reader.ThrowIfAny();
        builder.AddHostDefaults(settings, reader, isBeside);
        if (isBeside)
        {
            builder.Services.AddWorkflowAudit(settings);
            builder.Services.AddWorkflowRebuild(settings);
        }

        return builder.Build();
    }
}
