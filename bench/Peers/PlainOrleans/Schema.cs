using Npgsql;

namespace Orleans.Workflow.PlainOrleans;

/// <summary>
/// What the ADO.NET provider expects of a PostgreSQL database: the documented table and index, and the documented way
/// of writing, a function that updates or inserts. The packages bring no script.
/// </summary>
internal static class Schema
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS orleansquery (querykey varchar(64) PRIMARY KEY, querytext varchar(8000) NOT NULL);

        CREATE TABLE IF NOT EXISTS orleansstorage (
          grainidhash int NOT NULL, grainidn0 bigint NOT NULL, grainidn1 bigint NOT NULL,
          graintypehash int NOT NULL, graintypestring varchar(512) NOT NULL,
          grainidextensionstring varchar(512), serviceid varchar(150) NOT NULL,
          payloadbinary bytea, modifiedon timestamp NOT NULL, version int
        );
        CREATE INDEX IF NOT EXISTS ix_orleansstorage ON orleansstorage (grainidhash, graintypehash);
        """;

    private const string Function = """
        CREATE OR REPLACE FUNCTION writetostorage(
          idhash int, n0 bigint, n1 bigint, typehash int, typestring varchar, extension varchar, service varchar,
          etag int, payload bytea)
        RETURNS TABLE (newgrainstateversion int) LANGUAGE plpgsql AS $body$
        DECLARE
          result int := etag;
        BEGIN
          IF etag IS NOT NULL THEN
            UPDATE orleansstorage s
            SET payloadbinary = payload, modifiedon = now() AT TIME ZONE 'utc', version = s.version + 1
            WHERE s.grainidhash = idhash AND s.graintypehash = typehash AND s.grainidn0 = n0 AND s.grainidn1 = n1
              AND s.graintypestring = typestring AND s.serviceid = service
              AND ((extension IS NULL AND s.grainidextensionstring IS NULL) OR s.grainidextensionstring = extension)
              AND s.version = etag;
            IF FOUND THEN result := etag + 1; END IF;
          ELSE
            INSERT INTO orleansstorage
            SELECT idhash, n0, n1, typehash, typestring, extension, service, payload, now() AT TIME ZONE 'utc', 1
            WHERE NOT EXISTS (
              SELECT FROM orleansstorage s
              WHERE s.grainidhash = idhash AND s.graintypehash = typehash AND s.grainidn0 = n0 AND s.grainidn1 = n1
                AND s.graintypestring = typestring AND s.serviceid = service
                AND ((extension IS NULL AND s.grainidextensionstring IS NULL) OR s.grainidextensionstring = extension));
            IF FOUND THEN result := 1; END IF;
          END IF;
          RETURN QUERY SELECT result;
        END $body$;
        """;

    private const string Write = """
        SELECT * FROM writetostorage(
          @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString,
          @ServiceId, @GrainStateVersion, @PayloadBinary)
        """;

    private const string Row = """
        grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
        AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
        AND graintypestring = @GrainTypeString AND serviceid = @ServiceId
        AND ((@GrainIdExtensionString IS NULL AND grainidextensionstring IS NULL)
          OR grainidextensionstring = @GrainIdExtensionString)
        """;

    private const string Read =
        $"SELECT payloadbinary AS PayloadBinary, version AS Version FROM orleansstorage WHERE {Row}";

    private const string Clear = $"""
        UPDATE orleansstorage SET payloadbinary = NULL, version = version + 1
        WHERE {Row} AND version = @GrainStateVersion
        RETURNING version AS NewGrainStateVersion
        """;

    private static readonly (string Key, string Text)[] Queries =
    [
        ("WriteToStorageKey", Write),
        ("ReadFromStorageKey", Read),
        ("ClearStorageKey", Clear),
    ];

    public static async Task CreateAsync(string connectionString)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var tables = dataSource.CreateCommand(Tables + Function);
        await tables.ExecuteNonQueryAsync();
        foreach (var (key, text) in Queries)
        {
            await using var query = dataSource.CreateCommand(
                "INSERT INTO orleansquery VALUES ($1, $2) ON CONFLICT DO NOTHING"
            );
            query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
            query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            await query.ExecuteNonQueryAsync();
        }
    }
}
