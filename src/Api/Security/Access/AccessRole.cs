namespace Orleans.Workflow.Api.Security.Access;

/// <summary>What somebody may do who is no sender.</summary>
internal enum AccessRole
{
    /// <summary>Ask.</summary>
    Read,

    /// <summary>Ask, and whatever is below <c>/admin</c>.</summary>
    Admin,
}

/// <summary>The roles as claims and in tokens. They are also the names of the policies that ask for them.</summary>
internal static class AccessRoles
{
    /// <summary>May ask.</summary>
    public const string Read = "read";

    /// <summary>May ask, and whatever is below <c>/admin</c>.</summary>
    public const string Admin = "admin";

    /// <summary>The role as a word.</summary>
    public static string Word(this AccessRole role) => role == AccessRole.Admin ? Admin : Read;
}
