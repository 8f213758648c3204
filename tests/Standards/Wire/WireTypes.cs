using System.Collections.Immutable;
using System.Reflection;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Standards.Tests.Wire;

/// <summary>
/// The types that cross the wire between silos and clients: what the grain interfaces name, and what that holds.
/// </summary>
internal static class WireTypes
{
    private static readonly Assembly Contract = typeof(IWorkflowGrain).Assembly;

    public static ImmutableArray<Type> GrainInterfaces { get; } =
    [.. Contract.GetExportedTypes().Where(static type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))];

    /// <summary>Records, structs and exceptions of ours.</summary>
    public static ImmutableArray<Type> Data { get; } = [.. Reached().Where(static type => !type.IsEnum)];

    /// <summary>Enumerations of ours.</summary>
    public static ImmutableArray<Type> Enums { get; } = [.. Reached().Where(static type => type.IsEnum)];

    /// <summary>The members of a type that hold something: those with a field behind them.</summary>
    public static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly
            )
            .Where(property =>
                type.GetField($"<{property.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)
                    is not null
            );

    /// <summary>The name under which a type is known on the wire.</summary>
    public static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";

        if (type.GetCustomAttribute<AliasAttribute>() is { } alias)
            return alias.Alias;

        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private static SortedSet<Type> Reached()
    {
        var found = new SortedSet<Type>(
            Comparer<Type>.Create(static (a, b) => string.CompareOrdinal(a.FullName, b.FullName))
        );
        foreach (var method in GrainInterfaces.SelectMany(static grain => grain.GetMethods()))
        {
            Reach(method.ReturnType);
            foreach (var parameter in method.GetParameters())
                Reach(parameter.ParameterType);
        }

        foreach (
            var type in Contract
                .GetTypes()
                .Where(static type =>
                    typeof(Exception).IsAssignableFrom(type)
                    || type.GetCustomAttribute<GenerateSerializerAttribute>() is not null
                )
        )
            Reach(type);

        return found;

        void Reach(Type type)
        {
            foreach (var argument in type.GetGenericArguments())
                Reach(argument);

            if (type.Assembly != Contract || !found.Add(type))
                return;

            foreach (var member in Members(type))
                Reach(member.PropertyType);
        }
    }
}
