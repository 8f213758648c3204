using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>What a client that is no sender may do.</summary>
internal enum AccessRole
{
    /// <summary>Ask, without what is known of persons.</summary>
    Read,

    /// <summary>Ask, and see the numbers of persons and what was received of them.</summary>
    ReadPersonal,

    /// <summary>All of that, and whatever is below <c>/admin</c>.</summary>
    Admin,
}

/// <summary>The roles as claims and in tokens. <c>read</c> and <c>admin</c> are also the names of the
/// policies that ask for them.</summary>
internal static class AccessRoles
{
    /// <summary>May ask.</summary>
    public const string Read = "read";

    /// <summary>May ask, and see what is known of persons.</summary>
    public const string ReadPersonal = "read-personal";

    /// <summary>May do all of that, and whatever is below <c>/admin</c>.</summary>
    public const string Admin = "admin";

    /// <summary>The role as a word.</summary>
    public static string Word(this AccessRole role) =>
        role switch
        {
            AccessRole.Admin => Admin,
            AccessRole.ReadPersonal => ReadPersonal,
            _ => Read,
        };

    /// <summary>Whether a client may see the numbers of persons and what was received of them.</summary>
    public static bool MaySeePersons(this ClaimsPrincipal user) => user.IsInRole(ReadPersonal) || user.IsInRole(Admin);
}
