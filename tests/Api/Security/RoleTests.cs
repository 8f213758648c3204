using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>Each role may do what the table in the documents says, over every route of the product.</summary>
[Collection(OnGuarded.Name)]
public sealed partial class RoleTests(GuardedApi api)
{
    private static readonly (string Role, string Key)[] Roles =
    [
        ("read", GuardedApi.OldReadKey),
        ("read-personal", GuardedApi.PersonalKey),
        ("operate", GuardedApi.OperateKey),
        ("admin", GuardedApi.AdminKey),
    ];

    [Fact]
    public async Task Each_role_may_do_what_the_table_says_over_every_route()
    {
        var table = await ReadTable();
        using var another = new SqliteFile();
        var routes = await ProductRoutes.Read([
            .. another.Settings,
            "--Sources:near:AllowedAddresses=127.0.0.1",
            "--Access:AllowAnonymous=true",
            "--Dashboard:Enabled=true",
            "--urls=http://127.0.0.1:0",
        ]);
        var requests = (
            from route in routes
            where !IsOpen(route.Pattern.RawText!)
            from method in route.Methods
            from role in Roles
            // What the dashboard answers administrators is its own matter.
            where
                role.Role != "admin" || !route.Pattern.RawText!.StartsWith("/admin/dashboard", StringComparison.Ordinal)
            select (Method: method, Pattern: route.Pattern.RawText!, role.Role, role.Key)
        ).ToList();
        requests.Count.ShouldBeGreaterThan(150);

        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(requests, async (request, _) =>
        {
            // The unknown parameter is refused behind the guard: nothing is done, and no stream begins.
            var path = $"{Parameter().Replace(request.Pattern, "1")}?nothing=1";
            var reply = await api.Client.SendAsync(request.Method, path, GuardedApi.Key(request.Key));
            var expected = Allowed(table, request.Method, request.Pattern).Contains(request.Role);
            if (reply.Status != 403 != expected || reply.Status is 401 or >= 500)
                wrong.Add($"{request.Role}: {request.Method} {request.Pattern}: {reply.Status}");
        });
        wrong.ShouldBeEmpty();
    }

    /// <summary>The routes of each row, none for that of all others, with the roles that are let through.</summary>
    private static async Task<List<(string[] Routes, string[] Roles)>> ReadTable()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(WorkingCopy.Root, "docs", "operations", "access.md"));
        var rows = lines
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells is [_, _, _, "yes" or "no", "yes" or "no", "yes" or "no", "yes" or "no", _])
            .Select(static cells =>
                (
                    Routes: Code().Matches(cells[2]).Select(static match => match.Groups[1].Value).ToArray(),
                    Roles: Roles
                        .Where((_, column) => cells[3 + column] == "yes")
                        .Select(static one => one.Role)
                        .ToArray()
                )
            )
            .ToList();
        rows.Count.ShouldBe(3);
        return rows;
    }

    private static string[] Allowed(List<(string[] Routes, string[] Roles)> table, string method, string pattern) =>
        table
            .Where(row =>
                row.Routes.Any(route =>
                    route == $"{method} {pattern}"
                    || (route.EndsWith("/*", StringComparison.Ordinal) && pattern.StartsWith(route[..^1]))
                )
            )
            .Select(static row => row.Roles)
            .FirstOrDefault(table.Single(static row => row.Routes.Length == 0).Roles);

    /// <summary>What needs no key: senders have credentials of their own, and assets are for everybody.</summary>
    private static bool IsOpen(string pattern) =>
        pattern.StartsWith("/webhooks", StringComparison.Ordinal)
        || pattern.StartsWith("/health", StringComparison.Ordinal)
        || pattern.StartsWith("/console/assets", StringComparison.Ordinal);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
