using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>The first document of a DID.</summary>
internal static class NewDocument
{
    /// <summary>Makes the document that the command line asks for, of the keys that sign.</summary>
    /// <exception cref="CommandFailure">Two of the keys have one name.</exception>
    public static DidDocument Make(ParseResult line, Signing signing, DocumentOptions options, NextKeyOptions next)
    {
        DidDocument document = new();
        foreach (OpenKey signer in signing.Signers)
        {
            document.VerificationMethods.Add(
                document.VerificationMethods.All(m => m.Fragment != signer.Key.Fragment)
                    ? signer.Key.ToVerificationMethod()
                    : throw CommandFailure.Usage(
                        $"Two keys have the name {signer.Key.Fragment} within the document: make one with `ledger keys new` and another --fragment."
                    )
            );
        }

        document = options.Apply(document, line, signing.Keys);
        next.Apply(
            document,
            line,
            signing.Keys,
            [.. signing.Signers.Select(static signer => (signer, KeyRing.NextOf(signer.Name)))]
        );
        return document;
    }
}
