using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;

namespace Grpc.Net.Common.Tests;

/// <summary>The compiled server and client packages find here every type and member that they name.</summary>
public class RealPackagesTests
{
    public static TheoryData<Type> Packages => [typeof(GrpcServiceOptions), typeof(GrpcChannel)];

    [Fact]
    public void AssemblyName_VersionAndPublicKeyToken_AreThoseThatTheRealPackagesReference()
    {
        AssemblyName name = typeof(Grpc.Core.ConnectivityState).Assembly.GetName();
        Assert.Equal("Grpc.Net.Common", name.Name);
        Assert.Equal(new Version(2, 0, 0, 0), name.Version);
        Assert.Equal("D754F35622E28BAD", Convert.ToHexString(name.GetPublicKeyToken()!));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void References_OfThePackage_AllResolve(Type anchor)
    {
        using var file = new PEReader(File.OpenRead(anchor.Assembly.Location));
        MetadataReader reader = file.GetMetadataReader();
        int resolved = 0;
        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            if (IsOurs(reader, handle))
            {
                Assert.NotNull(anchor.Module.ResolveType(MetadataTokens.GetToken(handle)));
                resolved++;
            }
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences)
        {
            if (IsOurs(reader, reader.GetMemberReference(handle).Parent))
            {
                // Type arguments of the caller are of no account for finding the member: object stands for each.
                Type[] arguments = [.. Enumerable.Repeat(typeof(object), 8)];
                Assert.NotNull(anchor.Module.ResolveMember(MetadataTokens.GetToken(handle), arguments, arguments));
                resolved++;
            }
        }

        Assert.True(resolved > 50, $"only {resolved} references were found to check");
    }

    /// <summary>Loading a type checks that it overrides and implements all that its bases ask for.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public void Types_OfThePackage_AllLoad(Type anchor) => Assert.NotEmpty(anchor.Assembly.GetTypes());

    /// <summary>Whether a type comes from the two assemblies, be it plain, nested or with type arguments.</summary>
    private static bool IsOurs(MetadataReader reader, EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeReference:
                return IsOurs(reader, reader.GetTypeReference((TypeReferenceHandle)type).ResolutionScope);
            case HandleKind.AssemblyReference:
                StringHandle name = reader.GetAssemblyReference((AssemblyReferenceHandle)type).Name;
                return reader.GetString(name) is "Grpc.Core.Api" or "Grpc.Net.Common";
            case HandleKind.TypeSpecification:
                BlobReader blob = reader.GetBlobReader(
                    reader.GetTypeSpecification((TypeSpecificationHandle)type).Signature
                );
                if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return false;
                }

                blob.ReadCompressedInteger(); // class or value type
                return IsOurs(reader, blob.ReadTypeHandle());
            default:
                return false;
        }
    }
}
