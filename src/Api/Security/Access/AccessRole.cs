using System.Security.Claims;

namespace Orleans.Workflow.Api.Security.Access;

/// <summary>What a client that is no sender may do.</summary>
internal enum AccessRole
{
    /// <summary>Ask, without what is known of persons.</summary>
    Read,

    /// <summary>Ask, and see the numbers of persons and what was received of them.</summary>
    ReadPersonal,

    /// <summary>Ask as <see cref="Read"/> does, and do what operating needs from day to day.</summary>
    Operate,

    /// <summary>All of that, and whatever is below <c>/admin</c>.</summary>
    Admin,
}

/// <summary>The roles as claims and in tokens. <c>read</c>, <c>operate</c> and <c>admin</c> are also the names of
/// the policies that ask for them.</summary>
internal static class AccessRoles
{
    /// <summary>May ask.</summary>
    public const string Read = "read";

    /// <summary>May ask, and see what is known of persons.</summary>
    public const string ReadPersonal = "read-personal";

    /// <summary>
    /// May ask as <see cref="Read"/>, put attention aside, take notes and send refused requests again.
    /// </summary>
    public const string Operate = "operate";

    /// <summary>May do all of that, and whatever is below <c>/admin</c>.</summary>
    public const string Admin = "admin";

    /// <summary>The role as a word.</summary>
    public static string Word(this AccessRole role) =>
        role switch
        {
            AccessRole.Admin => Admin,
            AccessRole.Operate => Operate,
            AccessRole.ReadPersonal => ReadPersonal,
            _ => Read,
        };

    /// <summary>Whether a client may see the numbers of persons and what was received of them.</summary>
    public static bool MaySeePersons(this ClaimsPrincipal user) => user.IsInRole(ReadPersonal) || user.IsInRole(Admin);

    /// <summary>Whether a client may do what operating needs from day to day.</summary>
    public static bool MayOperate(this ClaimsPrincipal user) => user.IsInRole(Operate) || user.IsInRole(Admin);

    /// <summary>The role of a client; of several the one that may do most.</summary>
    public static string HighestRole(this ClaimsPrincipal user) =>
        ((string[])[Admin, Operate, ReadPersonal]).FirstOrDefault(user.IsInRole) ?? Read;
}
