using System.Diagnostics;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <summary>Runs a program and gives its standard output.</summary>
    /// <exception cref="InvalidOperationException">It did not answer 0; the message holds what it wrote.</exception>
    public static Task<string> RunAsync(string program, params IEnumerable<string> arguments) =>
        RunInAsync(Path.GetTempPath(), program, arguments);

    /// <summary>Runs a program in a folder to its end and gives its standard output.</summary>
    /// <exception cref="InvalidOperationException">It did not answer 0; the message holds what it wrote.</exception>
    public static async Task<string> RunInAsync(string folder, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', start.ArgumentList)} ended with code "
                    + $"{process.ExitCode}:\n{await output}{await errors}"
            );
        }

        return await output;
    }
}
