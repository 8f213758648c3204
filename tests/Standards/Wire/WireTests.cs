using System.Reflection;

namespace Orleans.Workflow.Standards.Tests.Wire;

/// <summary>
/// Wire types have names and numbers that do not change with a rename, so that versions can run side by side.
/// </summary>
public sealed class WireTests
{
    [Fact]
    public void Grain_interfaces_and_their_methods_have_an_alias()
    {
        WireTypes
            .GrainInterfaces.Select(static grain => grain.Name)
            .ShouldBe(["ICommitHealthGrain", "INodeTaskGrain", "IWorkflowGrain"], ignoreOrder: true);
        foreach (var grain in WireTypes.GrainInterfaces)
        {
            grain.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull($"{grain} has no [Alias]");
            foreach (var method in grain.GetMethods())
                method.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull($"{grain}.{method.Name} has no [Alias]");

            grain
                .GetMethods()
                .Select(static method => method.GetCustomAttribute<AliasAttribute>()!.Alias)
                .ShouldBeUnique();
        }
    }

    [Fact]
    public void Data_has_a_serializer_and_an_alias()
    {
        WireTypes.Data.Length.ShouldBeGreaterThan(10);
        foreach (var type in WireTypes.Data)
        {
            type.GetCustomAttribute<GenerateSerializerAttribute>()
                .ShouldNotBeNull($"{type} has no [GenerateSerializer]");
            type.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull($"{type} has no [Alias]");
        }
    }

    [Fact]
    public void Every_alias_is_there_once() =>
        WireTypes
            .Data.Concat(WireTypes.Enums)
            .Concat(WireTypes.GrainInterfaces)
            .Select(static type =>
                type.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull($"{type} has no [Alias]").Alias
            )
            .ShouldBeUnique();

    [Fact]
    public void Members_have_numbers_of_their_own()
    {
        foreach (var type in WireTypes.Data)
        {
            var ids = WireTypes
                .Members(type)
                .Select(member =>
                    member.GetCustomAttribute<IdAttribute>().ShouldNotBeNull($"{type}.{member.Name} has no [Id]").Id
                );
            ids.ShouldBeUnique();
        }
    }

    [Fact]
    public void Data_is_immutable()
    {
        foreach (var type in WireTypes.Data.Where(static type => !typeof(Exception).IsAssignableFrom(type)))
        {
            type.GetCustomAttributesData()
                .Select(static attribute => attribute.AttributeType.Name)
                .ShouldContain("ImmutableAttribute", $"{type} is copied for each call");
            type.GetMethods()
                .Concat(type.GetMethods(BindingFlags.NonPublic | BindingFlags.Instance))
                .Any(static method => method.Name is "<Clone>$" or "PrintMembers")
                .ShouldBeTrue($"{type} is not a record");
        }
    }
}
