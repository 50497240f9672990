using Google.Protobuf.Reflection;

namespace Ledger.Node;

/// <summary>The services that a node serves, as their .proto files describe them.</summary>
internal static class Contracts
{
    /// <summary>Every service.</summary>
    public static readonly IReadOnlyList<ServiceDescriptor> Services =
    [
        V1.RegistryService.Descriptor,
        V1.DidService.Descriptor,
        V1.TokenService.Descriptor,
        V1.PilotService.Descriptor,
        V1.LogService.Descriptor,
        Grpc.Health.V1.Health.Descriptor,
        Grpc.Reflection.V1.ServerReflection.Descriptor,
        Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
    ];

    /// <summary>Every file that describes them, by name.</summary>
    public static readonly IReadOnlyDictionary<string, FileDescriptor> Files = Collect();

    /// <summary>The file that declares a message, enum, service or method of that full name; null when none does.</summary>
    public static FileDescriptor? FileOf(string symbol) => Files.Values.FirstOrDefault(file => Declares(file, symbol));

    private static Dictionary<string, FileDescriptor> Collect()
    {
        Dictionary<string, FileDescriptor> files = [];
        foreach (ServiceDescriptor service in Services)
        {
            Add(service.File);
        }

        return files;

        void Add(FileDescriptor file)
        {
            if (files.TryAdd(file.Name, file))
            {
                foreach (FileDescriptor dependency in file.Dependencies)
                {
                    Add(dependency);
                }
            }
        }
    }

    private static bool Declares(FileDescriptor file, string symbol) =>
        file.Services.Any(s => s.FullName == symbol || s.Methods.Any(m => m.FullName == symbol))
        || file.EnumTypes.Any(e => e.FullName == symbol)
        || file.MessageTypes.Any(m => Declares(m, symbol));

    private static bool Declares(MessageDescriptor message, string symbol) =>
        message.FullName == symbol
        || message.EnumTypes.Any(e => e.FullName == symbol)
        || message.NestedTypes.Any(m => Declares(m, symbol))
        || message.Fields.InDeclarationOrder().Any(f => f.FullName == symbol);
}
