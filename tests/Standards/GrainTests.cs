using System.Reflection;
using System.Text.Json.Serialization;
using Orleans.Concurrency;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>
/// A stored row is found by state name and key alone, without the class of the grain: two grains with one name would
/// share rows (dotnet/orleans #9737).
/// </summary>
public sealed class GrainTests
{
    private static readonly List<Type> Grains =
    [
        .. typeof(GrainStateJson)
            .Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && typeof(IGrainBase).IsAssignableFrom(type)),
    ];

    /// <summary>The states by the name of their rows.</summary>
    private static readonly List<(Type Grain, string StateName)> States =
    [
        .. from grain in Grains
        from constructor in grain.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        from parameter in constructor.GetParameters()
        let state = parameter.GetCustomAttribute<PersistentStateAttribute>()
        let name = parameter.ParameterType == typeof(IWorkflowStorage) ? StateNames.Workflow : state?.StateName
        where name is not null
        select (grain, name),
    ];

    [Fact]
    public void Every_grain_has_a_state_but_those_that_speak_for_their_silo_and_node_tasks_which_ask_their_workflow() =>
        States
            .Select(static state => state.Grain)
            .Distinct()
            .ShouldBe(
                Grains.Where(static grain =>
                    !grain.IsDefined(typeof(StatelessWorkerAttribute))
                    && !typeof(INodeTaskGrain).IsAssignableFrom(grain)
                ),
                ignoreOrder: true
            );

    [Fact]
    public void No_two_states_share_a_name()
    {
        States.ShouldNotBeEmpty();
        States.Select(static state => state.StateName).ShouldBeUnique();
    }

    [Fact]
    public void State_names_are_those_that_are_written_down()
    {
        // A snapshot is written in the commits of its workflow, and is the state of no grain of its own.
        var written = typeof(StateNames)
            .GetFields()
            .Select(static field => (string)field.GetRawConstantValue()!)
            .Except([StateNames.Snapshot]);

        States.Select(static state => state.StateName).ShouldBe(written, ignoreOrder: true);
    }

    [Fact]
    public void No_grain_takes_its_state_from_a_base_class_which_names_it_after_nothing()
    {
        foreach (var grain in Grains)
        {
            for (var type = grain.BaseType; type is not null; type = type.BaseType)
                (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Grain<>)).ShouldBeFalse(
                    $"{grain} derives from Grain<T>"
                );
        }
    }

    [Fact]
    public void States_are_immutable_records()
    {
        var states = typeof(GrainStateJson)
            .GetCustomAttributesData()
            .Where(static attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            .Select(static attribute => (Type)attribute.ConstructorArguments[0].Value!)
            .ToList();
        states.Count.ShouldBe(States.Count + 1, "the rows of the grains, and the state in a baseline");
        foreach (var state in states)
        {
            state.IsSealed.ShouldBeTrue($"{state} is not sealed");
            state.GetMethod("<Clone>$").ShouldNotBeNull($"{state} is not a record");
            foreach (var property in state.GetProperties().Where(static property => property.SetMethod is not null))
            {
                property
                    .SetMethod!.ReturnParameter.GetRequiredCustomModifiers()
                    .ShouldContain(
                        typeof(System.Runtime.CompilerServices.IsExternalInit),
                        $"{state}.{property.Name} can be changed"
                    );
            }
        }
    }

    [Fact]
    public void Every_grain_has_a_type_name_of_its_own()
    {
        var names = Grains.Select(static grain =>
            grain
                .GetCustomAttributesData()
                .Single(static attribute => attribute.AttributeType == typeof(GrainTypeAttribute))
                .ConstructorArguments[0]
                .Value
        );

        names.ShouldBeUnique();
    }
}
