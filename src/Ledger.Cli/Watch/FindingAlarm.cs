using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ledger.Cli;

/// <summary>Tells others of a finding. That this fails is said, and changes nothing about the finding.</summary>
/// <param name="program">Program that gets it on its standard input; null: none.</param>
/// <param name="webhook">Address that it is posted to; null: none.</param>
/// <param name="output">Where to say what failed.</param>
internal sealed class FindingAlarm(string? program, Uri? webhook, Output output)
{
    private static readonly TimeSpan ProgramTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WebhookTime = TimeSpan.FromSeconds(10);

    /// <summary>Tells of a finding.</summary>
    public async Task RaiseAsync(JsonObject finding)
    {
        byte[] json = Encoding.UTF8.GetBytes(Output.InJson(finding) + "\n");
        if (program is not null)
        {
            await RunAsync(program, json);
        }

        if (webhook is not null)
        {
            await PostAsync(webhook, json);
        }
    }

    // No shell, and nothing of the log among the arguments: what a log says is not to be run.
    private async Task RunAsync(string name, byte[] json)
    {
        using CancellationTokenSource time = new(ProgramTime);
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(name) { RedirectStandardInput = true, UseShellExecute = false }
            )!;
            try
            {
                await WriteAsync(process, json, time.Token);
                await process.WaitForExitAsync(time.Token);
                if (process.ExitCode != 0)
                {
                    output.Warn($"{name} ended with exit code {process.ExitCode}.");
                }
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                output.Warn($"{name} did not end within {ProgramTime.TotalSeconds:0} seconds, and was killed.");
            }
        }
        catch (Win32Exception e)
        {
            output.Warn($"{name} could not be run: {e.Message}");
        }
    }

    private static async Task WriteAsync(Process process, byte[] json, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(json, stop);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input, as is its right.
        }
    }

    private async Task PostAsync(Uri address, byte[] json)
    {
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient client = new(handler) { Timeout = WebhookTime };
        using ByteArrayContent content = new(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = content };
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead
            );
            if (!answer.IsSuccessStatusCode)
            {
                output.Warn($"The finding could not be posted: {address.Authority} answered {(int)answer.StatusCode}.");
            }
        }
        catch (HttpRequestException e)
        {
            output.Warn($"The finding could not be posted to {address.Authority}: {e.GetBaseException().Message}");
        }
        catch (OperationCanceledException)
        {
            output.Warn(
                $"The finding could not be posted: {address.Authority} did not answer within {WebhookTime.TotalSeconds:0} seconds."
            );
        }
    }
}
