using System.Reflection;
using System.Text;

namespace Orleans.Workflow.Standards.Tests.Wire;

/// <summary>
/// The members of what crosses the wire, with their numbers. Orleans' own analyzer guards the methods
/// (OrleansContracts.txt beside the contract) and says nothing of members.
/// </summary>
public sealed class WireManifestTests
{
    private const string Renew = "RENEW_WIRE_TYPES";

    private static readonly string Manifest = Path.Combine(
        Repository.Root,
        "src",
        "Grains.Interfaces",
        "WireTypes.txt"
    );

    [Fact]
    public void The_manifest_of_members_is_up_to_date()
    {
        var current = Describe();
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            File.WriteAllText(Manifest, current);

        File.Exists(Manifest).ShouldBeTrue($"there is no {Manifest}; run these tests once with {Renew}=1");
        File.ReadAllText(Manifest)
            .ShouldBe(
                current,
                "What crosses the wire has changed. Silos of the last release must still read it: never change "
                    + "the number or the type of a member, never use a number again; "
                    + $"add members with new numbers. If that holds, renew {Repository.Relative(Manifest)} by "
                    + $"running these tests once with {Renew}=1, and review the difference."
            );
    }

    private static string Describe()
    {
        var text = new StringBuilder()
            .Append(
                "# What crosses the wire between silos and clients of different versions: members by number, "
                    + "enumerations by value.\n"
            )
            .Append($"# Renew: {Renew}=1 dotnet test --project tests/Standards\n");
        foreach (var type in WireTypes.Data.OrderBy(WireTypes.Name, StringComparer.Ordinal))
        {
            text.Append($"\n{WireTypes.Name(type)}\n");
            foreach (
                var member in WireTypes
                    .Members(type)
                    .OrderBy(static member => member.GetCustomAttribute<IdAttribute>()?.Id)
            )
                text.Append(
                    $"  {member.GetCustomAttribute<IdAttribute>()?.Id}: {WireTypes.Name(member.PropertyType)} "
                        + $"{member.Name}\n"
                );
        }

        foreach (var type in WireTypes.Enums.OrderBy(WireTypes.Name, StringComparer.Ordinal))
        {
            text.Append($"\nenum {WireTypes.Name(type)}\n");
            foreach (var value in Enum.GetValues(type).Cast<object>())
                text.Append($"  {(int)value}: {value}\n");
        }

        return text.ToString();
    }
}
