namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>The product as it was built together with these tests.</summary>
internal static class ApiAssembly
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        // …/tests/Api/bin/{configuration}/{framework}/
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var root = built;
        while (root is not null && !File.Exists(System.IO.Path.Combine(root.FullName, "Orleans.Workflow.sln")))
            root = root.Parent;

        return System.IO.Path.Combine(
            root.ShouldNotBeNull("no folder above the tests holds Orleans.Workflow.sln").FullName,
            "src", "Api", "bin", built.Parent!.Name, built.Name, "Orleans.Workflow.Api.dll");
    }
}
