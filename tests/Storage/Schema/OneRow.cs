using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>Databases from before a workflow's state and its columns in the list were one row.</summary>
public sealed class OneRow(PostgresDatabases postgres, SqliteDatabases sqlite)
{
    private const string Columns =
        "workflow_id, name, name_lower, status, status_normalised, phase, outcome, attention, node_types, "
        + "version, seq, "
        + "first_received_at, last_received_at, changed_at";

    private const string List = """
        VALUES
          ('a b', 'Name', 'name', 'Running', 'running', 1, NULL, 4, '["Call"]', 5, 6, 10, 20, 15, 2),
          ('c', 'Name', 'name', 'Failed', 'failed', 2, 2, 0, '[]', 7, 8, 11, 21, 16, 5),
          ('d', NULL, '', NULL, NULL, NULL, NULL, 0, '[]', 1, 1, 12, 22, 17, 0)
        """;

    // The list was two tables in PostgreSQL, and columns of the state's row in SQLite.
    private const string PostgresList = $"""
        INSERT INTO workflow ({Columns}, standing) {List};
        INSERT INTO workflow_order VALUES
          ('a b', 'name', 10, 2, 'running', 4), ('c', 'name', 11, 5, 'failed', 0), ('d', '', 12, 0, NULL, 0)
        """;

    private const string SqliteList = $"""
        WITH listed ({Columns}, standing) AS ({List})
        UPDATE orleansstorage SET
          workflow_id = l.workflow_id, name = l.name, name_lower = l.name_lower, status = l.status,
          status_normalised = l.status_normalised, phase = l.phase, outcome = l.outcome, attention = l.attention,
          node_types = l.node_types, workflow_version = l.version, seq = l.seq,
          first_received_at = l.first_received_at, last_received_at = l.last_received_at, changed_at = l.changed_at,
          standing = l.standing
        FROM listed l WHERE graintypestring = 'workflow' AND grainidextensionstring = 'wf/' || l.workflow_id
        """;

    private const string States = """
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
    private const string Edit = """
        UPDATE orleansstorage SET edits = '\x00000001000000010000000158', edits_version = 7
        WHERE graintypestring = 'workflow' AND grainidextensionstring = 'wf/a b'
        """;

    [Fact]
    public async Task States_and_the_list_of_PostgreSQL_are_joined_and_nothing_is_lost()
    {
        await using var database = new MigratedDatabase(await postgres.CreateOldAsync());
        await database.Execute("TRUNCATE orleansstorage, workflow, workflow_order");
        await database.Execute(PostgresList);
        await database.Execute(States.Replace("{0}'", @"'\x", StringComparison.Ordinal));
        await database.Execute(Edit);

        await database.Schema.Migrate(CancellationToken.None);

        await ShouldBeJoined(database, "encode(payloadbinary, 'hex')", stateOfFirst: "615863");
        (await database.Lines("SELECT typname FROM pg_type WHERE typname LIKE 'commit!_%' ESCAPE '!'")).ShouldBeEmpty(
            "no types of our own"
        );
    }

    [Fact]
    public async Task States_and_the_list_of_SQLite_are_joined_and_nothing_is_lost()
    {
        await using var database = new MigratedDatabase(await sqlite.CreateOldAsync());
        await database.Execute("DELETE FROM orleansstorage");
        await database.Execute(States.Replace("{0}", "x", StringComparison.Ordinal));
        await database.Execute(SqliteList);

        await database.Schema.Migrate(CancellationToken.None);

        await ShouldBeJoined(database, "lower(hex(payloadbinary))", stateOfFirst: "616263");
    }

    private static async Task ShouldBeJoined(MigratedDatabase database, string payload, string stateOfFirst)
    {
        (
            await database.Lines(
                $"SELECT concat_ws(' ', graintypestring, grainidextensionstring, grainidn0, version, {payload}, "
                    + "seq, last_received_at) "
                    + "FROM orleansstorage ORDER BY graintypestring, version"
            )
        ).ShouldBe(
            [
                "other 2 4 67",
                "other text 2 5 68",
                "workflow wf/c 0 2 65 8 21",
                "workflow wf/d 0 2 66 1 22",
                "workflow wf/gone 0 3 63",
                $"workflow wf/a b 0 7 {stateOfFirst} 6 20",
                "workflow-snapshot wf/a b 0 1 64",
            ],
            ignoreOrder: true
        );
        (
            await database.Lines(
                $"SELECT concat_ws(' ', {Columns}, state_code, '[' || word || ']') FROM workflow ORDER BY key"
            )
        ).ShouldBe([
            """a b Name name Running running 1 4 ["Call"] 5 6 10 20 15 2 []""",
            "c Name name Failed failed 2 2 0 [] 7 8 11 21 16 5 [failed]",
            "d  0 [] 1 1 12 22 17 0 []",
        ]);
    }
}
