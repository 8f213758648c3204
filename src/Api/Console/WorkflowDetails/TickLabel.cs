using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>
/// A time at the scale of a timeline. In C#, because SVG's element <c>text</c> means something else to Razor.
/// </summary>
public sealed class TickLabel : ComponentBase
{
    /// <summary>Where it is, as a percentage.</summary>
    [Parameter, EditorRequired]
    public string Place { get; set; } = string.Empty;

    /// <summary>The time.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset At { get; set; }

    /// <summary>How exactly it is shown: <c>milliseconds</c>, <c>seconds</c>, <c>minutes</c> or <c>days</c>.</summary>
    [Parameter, EditorRequired]
    public string As { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", "tick");
        builder.AddAttribute(2, "x", Place);
        builder.AddAttribute(3, "y", "11");
        builder.AddAttribute(4, "text-anchor", "middle");
        builder.AddAttribute(5, "data-at", At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
        builder.AddAttribute(6, "data-as", As);
        builder.AddContent(
            7,
            At.UtcDateTime.ToString(
                As switch
                {
                    "milliseconds" => "HH:mm:ss.fff",
                    "seconds" => "HH:mm:ss",
                    "minutes" => "HH:mm",
                    _ => "d MMM HH:mm",
                }
            )
        );
        builder.CloseElement();
    }
}
