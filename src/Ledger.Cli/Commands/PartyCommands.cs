using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Parties: admit, show.</summary>
internal sealed class PartyCommands : Command
{
    public PartyCommands()
        : base("party", "Parties: DIDs that were admitted with roles.")
    {
        Add(new AdmitCommand());
        Add(new ShowCommand());
    }

    private sealed class AdmitCommand : SigningVerb
    {
        private const int SaltBytes = 32;

        private readonly Argument<string> _party = new("did")
        {
            Description = "Whom: a DID, or the name of a key of yours.",
        };
        private readonly Option<Role[]> _roles = EnumNames<Role>.Options(
            "--role",
            "Role that it gets. Can be repeated."
        );
        private readonly Option<AssuranceLevel> _assurance = EnumNames<AssuranceLevel>.Option(
            "--assurance",
            "How surely the real name was checked. Default: substantial."
        );

        private readonly Option<string?> _commitment = new("--commitment")
        {
            Description = "Salted commitment to the real-name credential: a SHA-256 hash in hexadecimal.",
            HelpName = "HEX",
        };

        private readonly Option<string?> _credential = new("--credential")
        {
            Description =
                "File with the credential. The commitment is made here, SHA-256(\"ledger.v1.Credential\\n\" || salt || file), and the salt is "
                + "printed: keep it with the file, neither is on the ledger.",
            HelpName = "FILE",
        };

        public AdmitCommand()
            : base(
                "admit",
                "Admit a DID as a party with roles. Only a commitment to its credential goes on the ledger.",
                "ledger party admit bob --role issuer --role participant --credential bob.pdf --as supervisor"
            )
        {
            _roles.Required = true;
            Add(_party);
            Add(_roles);
            Add(_assurance);
            Add(_commitment);
            Add(_credential);
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            string party = signing.Keys.DidOf(line.GetRequiredValue(_party));
            AdmitParty admit = new()
            {
                Party = party,
                Roles = { line.GetRequiredValue(_roles) },
                AssuranceLevel = line.GetValue(_assurance).Or(AssuranceLevel.Substantial),
                CredentialCommitment = ByteString.CopyFrom(Commit(line, out byte[]? salt)),
            };
            if (salt is not null)
            {
                signing.Known["salt"] = Convert.ToHexStringLower(salt);
            }

            ProvenEntry entry = await signing.SubmitAsync(new Operation { AdmitParty = admit }, stop);
            JsonObject fields = new()
            {
                ["did"] = party,
                ["roles"] = Fields.List(admit.Roles.Select(static role => Fields.Text(EnumNames<Role>.Of(role)))),
                ["credential_commitment"] = Fields.Hex(admit.CredentialCommitment),
            };
            return (fields, entry);
        }

        private byte[] Commit(ParseResult line, out byte[]? salt)
        {
            salt = null;
            string? given = line.GetValue(_commitment);
            string? file = line.GetValue(_credential);
            if (given is null == file is null)
            {
                throw CommandFailure.Usage("Give either --commitment or --credential.");
            }

            if (given is not null)
            {
                byte[] commitment = new byte[Limits.HashBytes];
                return
                    Convert.FromHexString(given, commitment, out _, out int bytes)
                        == System.Buffers.OperationStatus.Done
                    && bytes == commitment.Length
                    ? commitment
                    : throw CommandFailure.Usage("A commitment is 64 hexadecimal digits.");
            }

            salt = RandomNumberGenerator.GetBytes(SaltBytes);
            return SHA256.HashData([.. "ledger.v1.Credential\n"u8, .. salt, .. File.ReadAllBytes(file!)]);
        }
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _party = new("did")
        {
            Description = "Its DID, or the name of a key of yours.",
        };

        public ShowCommand()
            : base("show", "Show a party and its roles, and what of that is verified.", "ledger party show bob") =>
            Add(_party);

        protected override Func<LedgerClient, Task<Shown>> Ask(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string did = keys.DidOf(line.GetRequiredValue(_party));
            return async client =>
            {
                Written<PartyRecord> party = await client.GetPartyAsync(did, stop);
                return new Shown(Fields.Of(party.Record), party.Entry);
            };
        }
    }
}
