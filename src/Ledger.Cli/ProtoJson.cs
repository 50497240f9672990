using System.Text.Json;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Messages of the protocol in files, in the JSON of protobuf: names of the .proto or in camel case, bytes in base64.</summary>
internal static class ProtoJson
{
    private const int BytesMax = 1024 * 1024;

    /// <summary>Reads a message.</summary>
    /// <exception cref="CommandFailure">The file is none, or of another form.</exception>
    public static T Read<T>(string path)
        where T : class, IMessage<T>, new() => Parse<T>(path, ReadText(path));

    /// <summary>Reads a list of operations, each with nothing but its body: <c>[{"transfer": {…}}, …]</c>.</summary>
    /// <exception cref="CommandFailure">The file is none, or of another form.</exception>
    public static IReadOnlyList<Operation> ReadSteps(string path)
    {
        try
        {
            using JsonDocument list = JsonDocument.Parse(ReadText(path));
            return list.RootElement.ValueKind == JsonValueKind.Array
                ? [.. list.RootElement.EnumerateArray().Select(step => Parse<Operation>(path, step.GetRawText()))]
                : throw CommandFailure.Usage($"{path} is not a list of operations: [{{\"transfer\": {{…}}}}, …].");
        }
        catch (JsonException e)
        {
            throw CommandFailure.Usage($"{path} is not JSON: {e.Message}");
        }
    }

    private static T Parse<T>(string path, string text)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return JsonParser.Default.Parse<T>(text);
        }
        catch (Exception e)
            when (e
                    is InvalidProtocolBufferException
                        or InvalidJsonException
                        or InvalidOperationException
                        or FormatException
                        or OverflowException
            )
        {
            throw CommandFailure.Usage(
                $"{path} is not a message {new T().Descriptor.FullName} in the JSON of protobuf: {e.Message}"
            );
        }
    }

    private static string ReadText(string path) =>
        new FileInfo(path) is { Exists: true, Length: > BytesMax }
            ? throw CommandFailure.Usage($"{path} is too large.")
            : File.ReadAllText(path);
}
