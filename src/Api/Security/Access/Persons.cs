using System.Security.Claims;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>Masks what is known of persons for clients that may not see it.</summary>
internal static class Persons
{
    private const string Mask = "***";
    private const int ShownDigits = 2;

    /// <summary>A fact as a client may see it.</summary>
    public static FactSummary Visible(FactSummary fact, ClaimsPrincipal user) =>
        user.MaySeePersons() ? fact : Masked(fact);

    /// <summary>A fact as a client sees it that may not see persons.</summary>
    public static FactSummary Masked(FactSummary fact) => fact with { Callee = Masked(fact.Callee) };

    /// <summary>The last two digits of a number, behind stars; of what has not more than that, the stars.</summary>
    private static string? Masked(string? callee)
    {
        if (callee is null)
            return null;

        var digits = string.Concat(callee.Where(char.IsAsciiDigit));
        return digits.Length > ShownDigits ? Mask + digits[^ShownDigits..] : Mask;
    }
}
