using System.Runtime.Versioning;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>
/// SQLite files that can't be used: one line that says what, where and which setting. The user is not root, because
/// file permissions do not bind root.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnusableFileTests : IDisposable
{
    // 555 and 777: the constants of .NET name each bit.
    private const UnixFileMode ReadOnly = (UnixFileMode)0x16D;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;

    private readonly string _folder = Directory.CreateTempSubdirectory("owf-unusable-").FullName;

    public UnusableFileTests() => File.SetUnixFileMode(_folder, Everybody);

    public enum Trouble
    {
        FolderWithoutWrite,
        FolderThatCannotBeMade,
        FileReadOnly,
        LockReadOnly,
        IsFolder,
        BelowFile,
        NoDatabase,
        ReadOnlyFileSystem,
    }

    [Theory]
    [InlineData(Trouble.FolderWithoutWrite, "denied")]
    [InlineData(Trouble.FolderThatCannotBeMade, "denied")]
    [InlineData(Trouble.FileReadOnly, "may not write it")]
    [InlineData(Trouble.LockReadOnly, "denied")]
    [InlineData(Trouble.IsFolder, "it is a folder")]
    [InlineData(Trouble.BelowFile, "")]
    [InlineData(Trouble.NoDatabase, "it is not a SQLite database")]
    [InlineData(Trouble.ReadOnlyFileSystem, "")]
    public async Task A_file_that_cannot_be_used_is_one_line_with_its_path_and_the_setting(
        Trouble trouble,
        string reason
    )
    {
        var path = Make(trouble);

        foreach (
            var command in (string[][])
                [
                    ["migrate"],
                    [.. HostRun.Anonymous, "--urls=http://127.0.0.1:0"],
                ]
        )
        {
            var end = await RunAsOtherUser("Api", [.. command, $"--ConnectionStrings:Workflows=Data Source={path}"]);

            end.ExitCode.ShouldBe(1, end.Output);
            var line = end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
            line.ShouldStartWith($"The database {path} cannot be used: ");
            line.ShouldContain(reason);
            line.ShouldContain("ConnectionStrings:Workflows");
        }
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_made()
    {
        var path = Path.Combine(_folder, "new", "deep", "workflows.db");

        var end = await RunAsOtherUser("Silo", ["migrate", $"--ConnectionStrings:Workflows=Data Source={path}"]);

        end.ExitCode.ShouldBe(0, end.Output);
        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public async Task An_audit_of_a_file_that_is_not_there_makes_none()
    {
        var path = Path.Combine(_folder, "nothing.db");

        var end = await RunAsOtherUser("Silo", ["audit", $"--ConnectionStrings:Workflows=Data Source={path}"]);

        end.ExitCode.ShouldBe(1, end.Output);
        end.Output.ShouldContain($"The database {path} cannot be used: there is no such file");
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Make(Trouble trouble)
    {
        var path = Path.Combine(_folder, "workflows.db");
        switch (trouble)
        {
            case Trouble.FolderWithoutWrite:
                File.SetUnixFileMode(_folder, ReadOnly);
                return path;
            case Trouble.FolderThatCannotBeMade:
                File.SetUnixFileMode(_folder, ReadOnly);
                return Path.Combine(_folder, "new", "workflows.db");
            case Trouble.FileReadOnly:
                File.WriteAllBytes(path, []);
                File.SetUnixFileMode(path, ReadOnly);
                return path;
            case Trouble.LockReadOnly:
                File.WriteAllBytes(path + ".lock", []);
                File.SetUnixFileMode(path + ".lock", ReadOnly);
                return path;
            case Trouble.IsFolder:
                Directory.CreateDirectory(path);
                return path;
            case Trouble.BelowFile:
                File.WriteAllText(path, "A file is no folder.");
                return Path.Combine(path, "workflows.db");
            case Trouble.NoDatabase:
                File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is a text and no database. ", 100)));
                File.SetUnixFileMode(path, Everybody);
                return path;
            default:
                // No process can make a file there on Linux.
                return "/sys/workflows.db";
        }
    }

    private static async Task<HostRun> RunAsOtherUser(string host, IEnumerable<string> arguments)
    {
        await using var process = HostRun.StartAsOtherUser(host, arguments);
        return await HostRun.ToEnd(process);
    }
}
