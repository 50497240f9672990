using System.Runtime.InteropServices;
using System.Text;

namespace Ledger.Node;

/// <summary>
/// Ends the process at once, with one line that says why. It is no crash that anyone must look into, so there is no trace and no
/// core; and nothing runs on that could act on what is in memory: the next start recovers, as after a cut of power.
/// </summary>
internal static class ProcessEnd
{
    // As scripts see it: a file or store could not be read or written.
    private const int ExitCode = 3;

    private static readonly byte[] OutOfMemory = Encoding.ASCII.GetBytes(
        "The node ends at once: it is out of memory. Give it more, or fewer callers, and start it again: it recovers by itself.\n"
    );
    private static Stream? s_error;

    /// <summary>Ends the process.</summary>
    /// <param name="why">One line for the operator.</param>
    public static void AtOnce(string why) => AtOnce(Encoding.UTF8.GetBytes(why + "\n"), Console.OpenStandardError());

    /// <summary>
    /// From now on, ends the process where memory runs out, instead of wherever that exception then leads: a lock may be held for
    /// ever or half a change be made.
    /// </summary>
    public static void WhenOutOfMemory()
    {
        // Opened now: later there may be no memory for it.
        if (Interlocked.CompareExchange(ref s_error, Console.OpenStandardError(), null) is null)
        {
            AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) =>
            {
                if (thrown.Exception is OutOfMemoryException)
                {
                    AtOnce(OutOfMemory, s_error!);
                }
            };
        }
    }

    private static void AtOnce(byte[] line, Stream error)
    {
        error.Write(line);
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCode);
        }

        ExitNow(ExitCode);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitNow(int code);
}
