using Orleans.Workflow.Storage.Migrations;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>Databases from before a workflow's state and its columns in the list were one row.</summary>
public sealed class OneRow(PostgresDatabases postgres, SqliteDatabases sqlite)
{
    private const string Columns =
        "workflow_id, name, name_lower, status, status_normalised, phase, outcome, attention, node_types, version, seq, "
        + "first_received_at, last_received_at, changed_at";

    private const string List =
        """
        INSERT INTO workflow VALUES
          ('a b', 'Name', 'name', 'Running', 'running', 1, NULL, 4, '["Call"]', 5, 6, 10, 20, 15, 2),
          ('c', 'Name', 'name', 'Failed', 'failed', 2, 2, 0, '[]', 7, 8, 11, 21, 16, 5),
          ('d', NULL, '', NULL, NULL, NULL, NULL, 0, '[]', 1, 1, 12, 22, 17, 0);
        INSERT INTO workflow_order VALUES
          ('a b', 'name', 10, 2, 'running', 4), ('c', 'name', 11, 5, 'failed', 0), ('d', '', 12, 0, NULL, 0)
        """;

    private const string States =
        """
        INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring,
          grainidextensionstring, serviceid, payloadbinary, modifiedon, version) VALUES
          (1, 0, 0, 4, 'workflow', 'wf/a b', 's', {0}'616263', '2026-11-01 10:00:00', 7),
          (1, 0, 0, 4, 'workflow-snapshot', 'wf/a b', 's', {0}'64', '2026-11-01 10:00:00', 1),
          (2, 0, 0, 4, 'workflow', 'wf/c', 's', {0}'65', '2026-11-01 10:00:00', 2),
          (3, 0, 0, 4, 'workflow', 'wf/d', 's', {0}'66', '2026-11-01 10:00:00', 2),
          (6, 0, 0, 4, 'workflow', 'wf/gone', 's', {0}'63', '2026-11-01 10:00:00', 3),
          (7, 2, 3, 4, 'other', NULL, 's', {0}'67', '2026-11-01 10:00:00', 4),
          (8, 2, 3, 4, 'other', 'text', 's', {0}'68', '2026-11-01 10:00:00', 5)
        """;

    // Of the state of "a b" only an edit was written last: in the place of its second byte comes another one.
    private const string Edit =
        """
        UPDATE orleansstorage SET edits = '\x00000001000000010000000158', edits_version = 7
        WHERE graintypestring = 'workflow' AND grainidextensionstring = 'wf/a b'
        """;

    [Fact]
    public async Task States_and_the_list_of_PostgreSQL_are_joined_and_nothing_is_lost()
    {
        await using var database = new MigratedDatabase(await postgres.CreateAsync());
        await Apply(database, "postgresql", 12, "applied_at timestamptz NOT NULL DEFAULT now()");
        await database.Execute(List);
        await database.Execute(States.Replace("{0}'", @"'\x", StringComparison.Ordinal));
        await database.Execute(Edit);

        await database.Schema.Migrate(CancellationToken.None);

        await ShouldBeJoined(database, "encode(payloadbinary, 'hex')", stateOfFirst: "615863");
        (await database.Lines("SELECT typname FROM pg_type WHERE typname LIKE 'commit!_%' ESCAPE '!'")).ShouldBeEmpty("no types of our own");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task States_and_the_list_of_SQLite_are_joined_and_nothing_is_lost(int lastScript)
    {
        await using var database = new MigratedDatabase(await sqlite.CreateAsync());
        await Apply(database, "sqlite", 4, "applied_at TEXT NOT NULL DEFAULT (datetime('now'))");
        await database.Execute(List);
        await database.Execute(States.Replace("{0}", "x", StringComparison.Ordinal));
        await Apply(database, "sqlite", lastScript);

        await database.Schema.Migrate(CancellationToken.None);

        await ShouldBeJoined(database, "lower(hex(payloadbinary))", stateOfFirst: "616263");
    }

    private static async Task ShouldBeJoined(MigratedDatabase database, string payload, string stateOfFirst)
    {
        (await database.Lines(
            $"SELECT concat_ws(' ', graintypestring, grainidextensionstring, grainidn0, version, {payload}, seq, last_received_at) "
            + "FROM orleansstorage ORDER BY graintypestring, version"))
            .ShouldBe(
            [
                "other 2 4 67", "other text 2 5 68", "workflow wf/c 0 2 65 8 21", "workflow wf/d 0 2 66 1 22",
                "workflow wf/gone 0 3 63", $"workflow wf/a b 0 7 {stateOfFirst} 6 20", "workflow-snapshot wf/a b 0 1 64",
            ],
            ignoreOrder: true);
        (await database.Lines($"SELECT concat_ws(' ', {Columns}, state_code, '[' || word || ']') FROM workflow ORDER BY key")).ShouldBe(
        [
            """a b Name name Running running 1 4 ["Call"] 5 6 10 20 15 2 []""",
            "c Name name Failed failed 2 2 0 [] 7 8 11 21 16 5 [failed]",
            "d  0 [] 1 1 12 22 17 0 []",
        ]);
    }

    /// <summary>Applies scripts up to one, as a build of that time did.</summary>
    private static async Task Apply(MigratedDatabase database, string folder, int last, string? appliedAt = null)
    {
        if (appliedAt is not null)
            await database.Execute($"CREATE TABLE schema_version (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, {appliedAt})");

        foreach (var script in SchemaScript.Of(folder).Where(script => script.Number <= last))
        {
            if ((await database.Lines($"SELECT name FROM schema_version WHERE number = {script.Number}")).Count > 0)
                continue;

            await database.Execute(script.Text);
            await database.Execute($"INSERT INTO schema_version (number, name) VALUES ({script.Number}, '{script.Name}')");
        }
    }
}
