using System.Text.RegularExpressions;
using Npgsql;
using Orleans.Workflow.Storage.Migrations;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// The privileges that a role of the service needs if it does not own the tables: on what the schema scripts make, on
/// nothing else.
/// </summary>
internal static partial class PostgresGrants
{
    // A schema that the role may not use is not in its effective search path, so it is looked for in the setting.
    // Materialized: the functions below fail for an object of another kind, which the planner would ask before it
    // filters by kind.
    private const string Needs = """
        WITH home AS (
          SELECT c.relnamespace AS oid FROM pg_class c WHERE c.oid = to_regclass('schema_version')
          UNION
          SELECT c.relnamespace FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE to_regclass('schema_version') IS NULL AND c.relname = 'schema_version'
            AND NOT has_schema_privilege(n.oid, 'USAGE')
            AND n.nspname IN (
              SELECT trim(both '" ' FROM entry)
              FROM unnest(string_to_array(current_setting('search_path'), ',')) AS path (entry))
        ), needs AS MATERIALIZED (
          SELECT 'SCHEMA' AS kind, n.oid, quote_ident(n.nspname) AS name, 'USAGE' AS privilege
          FROM pg_namespace n JOIN home ON home.oid = n.oid
          UNION ALL
          SELECT 'TABLE', c.oid, format('%I.%I', n.nspname, c.relname), p.privilege
          FROM pg_class c JOIN home ON home.oid = c.relnamespace JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS p (privilege)
            ON p.privilege = 'SELECT' OR (c.relkind <> 'v' AND c.relname NOT IN ('schema_version', 'orleansquery'))
          WHERE c.relname = ANY (@names) AND c.relkind IN ('r', 'p', 'v')
          UNION ALL
          SELECT 'SEQUENCE', s.oid, format('%I.%I', n.nspname, s.relname), 'USAGE'
          FROM pg_class s JOIN home ON home.oid = s.relnamespace JOIN pg_namespace n ON n.oid = s.relnamespace
          LEFT JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
            AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          LEFT JOIN pg_class t ON t.oid = d.refobjid
          WHERE s.relkind = 'S' AND (s.relname = ANY (@names) OR t.relname = ANY (@names))
          UNION ALL
          SELECT 'FUNCTION', f.oid, f.oid::regprocedure::text, 'EXECUTE'
          FROM pg_proc f JOIN home ON home.oid = f.pronamespace WHERE f.proname = ANY (@names)
          UNION ALL
          SELECT 'TYPE', t.oid, format('%I.%I', n.nspname, t.typname), 'USAGE'
          FROM pg_type t JOIN home ON home.oid = t.typnamespace JOIN pg_namespace n ON n.oid = t.typnamespace
          LEFT JOIN pg_class c ON c.oid = t.typrelid
          WHERE t.typname = ANY (@names) AND (t.typrelid = 0 OR c.relkind = 'c')
        )
        """;

    private const string Privileges =
        "string_agg(privilege, ', ' ORDER BY array_position(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], privilege))";

    private const string Missing = $"""
        {Needs}
        SELECT {Privileges} || ' on ' || lower(kind) || ' ' || name FROM needs
        WHERE NOT CASE kind
          WHEN 'SCHEMA' THEN has_schema_privilege(oid, privilege)
          WHEN 'TABLE' THEN has_table_privilege(oid, privilege)
          WHEN 'SEQUENCE' THEN has_sequence_privilege(oid, privilege)
          WHEN 'FUNCTION' THEN has_function_privilege(oid, privilege)
          ELSE has_type_privilege(oid, privilege) END
        GROUP BY kind, name ORDER BY kind, name
        """;

    private const string Statements = $"""
        {Needs}
        SELECT format('GRANT %s ON %s %s TO %I', {Privileges}, kind, name, @role::text) FROM needs
        GROUP BY kind, name ORDER BY kind, name
        """;

    /// <summary>What the schema scripts create.</summary>
    private static readonly string[] Names =
    [
        .. SchemaScript
            .Of("postgresql")
            .SelectMany(static script => Created().Matches(script.Text))
            .Select(static match => match.Groups["name"].Value)
            .Append("schema_version")
            .Distinct(),
    ];

    /// <summary>What the role of the connection lacks; null for nothing.</summary>
    public static async Task<string?> FindMissing(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = await Read(connection, Missing, null, cancellationToken);
        if (missing.Count == 0)
            return null;

        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT current_user::text";
        var role = await command.ExecuteScalarAsync(cancellationToken);
        return $"The role '{role}' lacks privileges in the database: {string.Join("; ", missing)}. "
            + $"Grant them as the owner of the tables: dotnet Orleans.Workflow.Silo.dll migrate --grant-to {role}";
    }

    /// <summary>The statements that give a role what it needs.</summary>
    public static Task<List<string>> Write(
        NpgsqlConnection connection,
        string role,
        CancellationToken cancellationToken
    ) => Read(connection, Statements, role, cancellationToken);

    private static async Task<List<string>> Read(
        NpgsqlConnection connection,
        string query,
        string? role,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        command.Set("names", Names);
        if (role is not null)
            command.Set("role", role);

        return await command.ReadAll(static reader => reader.GetString(0), cancellationToken);
    }

    [GeneratedRegex(
        @"^CREATE (OR REPLACE )?(UNLOGGED )?(TABLE|VIEW|SEQUENCE|FUNCTION|TYPE) (IF NOT EXISTS )?(?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Created();
}
