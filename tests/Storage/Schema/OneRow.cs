using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>A SQLite file from before states and their rows in the list were one row.</summary>
public sealed class SqliteOneRow
{
    [Fact]
    public async Task States_and_the_list_are_joined_and_nothing_is_lost()
    {
        using var databases = new SqliteDatabases();
        await using var database = new MigratedDatabase(await databases.CreateAsync());
        await database.Execute("CREATE TABLE schema_version (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT (datetime('now')))");
        foreach (var script in SchemaScript.Of("sqlite").Where(static script => script.Number < 5))
        {
            await database.Execute(script.Text);
            await database.Execute($"INSERT INTO schema_version (number, name) VALUES ({script.Number}, '{script.Name}')");
        }

        await database.Execute(
            """
            INSERT INTO orleansstorage VALUES
              (1, 2, 3, 4, 'workflow', 'wf/a b', 's', x'61', '2026-11-01 10:00:00', 7),
              (5, 2, 3, 4, 'node', 'node/a b/n', 's', x'62', '2026-11-01 10:00:00', 2),
              (6, 2, 3, 4, 'workflow', 'wf/gone', 's', x'63', '2026-11-01 10:00:00', 3);
            INSERT INTO workflow VALUES ('a b', 'Name', 'name', 'Running', 'running', 1, NULL, 4, '["Call"]', 5, 6, 10, 20, 15, 2);
            INSERT INTO workflow_order VALUES ('a b', 'name', 10, 2, 'running', 4);
            """);

        await database.Schema.Migrate(CancellationToken.None);

        (await database.Lines("SELECT grainidextensionstring || ' ' || version || ' ' || hex(payloadbinary) || ' ' || ifnull(workflow_id, '-') FROM orleansstorage ORDER BY 1"))
            .ShouldBe(["node/a b/n 2 62 -", "wf/a b 7 61 a b", "wf/gone 3 63 -"]);
        (await database.Lines("SELECT concat_ws(' ', workflow_id, name, name_lower, status, status_normalised, phase, attention, node_types, version, seq, first_received_at, last_received_at, changed_at, standing) FROM workflow"))
            .ShouldBe(["""a b Name name Running running 1 4 ["Call"] 5 6 10 20 15 2"""]);
        (await database.Lines("SELECT concat_ws(' ', workflow_id, name_lower, first_received_at, standing, status_normalised, attention) FROM workflow_order"))
            .ShouldBe(["a b name 10 2 running 4"]);
    }
}
