using System.Reflection;
using System.Text.Json.Serialization;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Standards.Tests.Wire;

/// <summary>The shapes of the HTTP contract and those of what is stored.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void No_record_is_both_stored_and_answered()
    {
        var stored = ShapesOf(JsonContexts(typeof(GrainStateJson).Assembly))
            .Union(ShapesOf(JsonContexts(typeof(SqlReadModel).Assembly)));
        stored.Count().ShouldBeGreaterThan(5);

        // A stored record could otherwise not be renamed without a change of the contract.
        ShapesOf([typeof(ApiJson)]).Intersect(stored).Where(static type => !type.IsEnum).ShouldBeEmpty();
    }

    [Fact]
    public void Each_shape_and_each_enumeration_of_the_contract_is_defined_once()
    {
        var shapes = ShapesOf([typeof(ApiJson)]).ToList();
        shapes.Count.ShouldBeGreaterThan(30);
        shapes.Select(static type => type.Name).ShouldBeUnique();

        var enumerations = shapes
            .Select(static type => type.Assembly)
            .Append(typeof(Domain.WorkflowFold).Assembly)
            .Distinct()
            .SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type.IsEnum)
            .ToList();
        foreach (var answered in shapes.Where(static type => type.IsEnum))
        {
            enumerations
                .Where(other => Enum.GetNames(other).SequenceEqual(Enum.GetNames(answered)))
                .ShouldBe([answered], $"enumerations with the words of {answered.Name}");
        }
    }

    private static IEnumerable<Type> JsonContexts(Assembly assembly) =>
        assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(JsonSerializerContext)));

    /// <summary>The types of the product that a context writes, with what they are made of.</summary>
    private static HashSet<Type> ShapesOf(IEnumerable<Type> contexts)
    {
        var found = new HashSet<Type>();
        var left = new Stack<Type>(
            contexts
                .SelectMany(static context => context.GetCustomAttributesData())
                .Where(static attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
                .Select(static attribute => (Type)attribute.ConstructorArguments[0].Value!)
        );
        while (left.TryPop(out var type))
        {
            foreach (var part in type.GetGenericArguments())
                left.Push(part);

            if (type.GetElementType() is { } element)
                left.Push(element);

            var isOurs = type.Assembly.GetName().Name!.StartsWith("Orleans.Workflow", StringComparison.Ordinal);
            if (!isOurs || !found.Add(type))
                continue;

            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                left.Push(property.PropertyType);
        }

        found.RemoveWhere(static type => type.IsGenericType);
        return found;
    }
}
