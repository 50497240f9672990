using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Parties: admit, renew, exit, show.</summary>
internal sealed class PartyCommands : Command
{
    public PartyCommands()
        : base("party", "Parties: DIDs that were admitted with roles.")
    {
        Add(new AdmitCommand());
        Add(new RenewCommand());
        Add(Exit());
        Add(new ShowCommand());
    }

    private static OperationCommand Exit()
    {
        Argument<string?> party = RegistrySymbols.PartyOrActor();
        return new OperationCommand(
            "exit",
            "End an admission, with its roles. The party keeps what it holds, and can be admitted again.",
            "ledger party exit --as bob",
            [party],
            asking => new Operation { ExitParty = new ExitParty { Party = asking.DidOrActor(party) } }
        );
    }

    private sealed class AdmitCommand : OperationVerb
    {
        private readonly Argument<string> _party = RegistrySymbols.Party();
        private readonly Option<Role[]> _roles = EnumNames<Role>.Options(
            "--role",
            "Role that it gets. Can be repeated."
        );
        private readonly CheckedOptions _checked = new();

        public AdmitCommand()
            : base(
                "admit",
                "Admit a DID as a party with roles. Only a commitment to its credential goes on the ledger.",
                "ledger party admit bob --role issuer --role participant --credential bob.pdf --as supervisor"
            )
        {
            _roles.Required = true;
            this.AddOwn([_party, _roles, .. _checked.All]);
        }

        protected override Asked Ask(Asking asking)
        {
            AdmitParty admit = new()
            {
                Party = asking.DidOf(_party),
                Roles = { asking.Line.GetRequiredValue(_roles) },
                AssuranceLevel = _checked.Assurance(asking.Line),
                CredentialCommitment = _checked.Commit(asking),
                Attestation = _checked.Attestation(asking),
            };
            JsonObject fields = new()
            {
                ["did"] = admit.Party,
                ["roles"] = Fields.List(admit.Roles.Select(static role => Fields.Text(EnumNames<Role>.Of(role)))),
                ["credential_commitment"] = Fields.Hex(admit.CredentialCommitment),
            };
            return new Asked(new Operation { AdmitParty = admit }, fields);
        }
    }

    private sealed class RenewCommand : OperationVerb
    {
        private readonly Argument<string> _party = RegistrySymbols.Party();
        private readonly CheckedOptions _checked = new();

        public RenewCommand()
            : base(
                "renew",
                "Renew what was checked and attested of a party, whole: what is not given again is no longer attested.",
                "ledger party renew bob --credential bob.pdf --region CN-SH --age adult --valid-until 365d --as supervisor"
            ) => this.AddOwn([_party, .. _checked.All]);

        protected override Asked Ask(Asking asking)
        {
            RenewParty renew = new()
            {
                Party = asking.DidOf(_party),
                AssuranceLevel = _checked.Assurance(asking.Line),
                CredentialCommitment = _checked.Commit(asking),
                Attestation = _checked.Attestation(asking),
            };
            JsonObject fields = new()
            {
                ["did"] = renew.Party,
                ["credential_commitment"] = Fields.Hex(renew.CredentialCommitment),
            };
            return new Asked(new Operation { RenewParty = renew }, fields);
        }
    }

    // What was checked of a party, and what else is attested.
    private sealed class CheckedOptions
    {
        private const int SaltBytes = 32;

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

        private readonly Option<string?> _region = new("--region")
        {
            Description = "Region that it belongs to, for example 310000 or CN-SH.",
            HelpName = "CODE",
        };

        private readonly Option<AgeBand> _age = EnumNames<AgeBand>.Option("--age", "Age band of a natural person.");

        private readonly Option<string?> _platform = RegistrySymbols.SomeParty(
            "--platform",
            "Platform that it uses, which can restrict its account"
        );

        private readonly Option<string?> _validUntil = RegistrySymbols.Moment(
            "--valid-until",
            "Last moment of the admission"
        );

        public IEnumerable<Symbol> All => [_assurance, _commitment, _credential, _region, _age, _platform, _validUntil];

        public AssuranceLevel Assurance(ParseResult line) => line.GetValue(_assurance).Or(AssuranceLevel.Substantial);

        // Null when nothing else is attested.
        public Attestation? Attestation(Asking asking)
        {
            Attestation attestation = new()
            {
                Region = asking.Line.GetValue(_region) ?? "",
                AgeBand = asking.Line.GetValue(_age),
                Platform = asking.DidOf(_platform),
                ValidUntil = Times.FutureSeconds(asking.Line.GetValue(_validUntil)),
            };
            return attestation.CalculateSize() == 0 ? null : attestation;
        }

        public ByteString Commit(Asking asking)
        {
            string? given = asking.Line.GetValue(_commitment);
            string? file = asking.Line.GetValue(_credential);
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
                    ? ByteString.CopyFrom(commitment)
                    : throw CommandFailure.Usage("A commitment is 64 hexadecimal digits.");
            }

            byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
            asking.Known["salt"] = Convert.ToHexStringLower(salt);
            return ByteString.CopyFrom(
                SHA256.HashData([.. "ledger.v1.Credential\n"u8, .. salt, .. File.ReadAllBytes(file!)])
            );
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
                ResolvedParty party = await client.GetPartyAsync(did, stop);
                JsonObject fields = Fields.Of(party.Record);
                fields["grants"] = Fields.List(party.Grants.SelectMany(Show));
                return new Shown(fields, party.Entry, party.Current) { NotVerified = ["grants"] };
            };
        }

        private static IEnumerable<JsonObject> Show(GrantsRecord scope) =>
            scope.Grants.Select(grant => new JsonObject
            {
                ["role"] = EnumNames<Role>.Of(grant.Role),
                ["pilot"] = scope.PilotId.Length == 0 ? null : scope.PilotId,
                ["class"] = scope.ClassId.Length == 0 ? null : scope.ClassId,
                ["valid_until"] = grant.ValidUntil == 0 ? null : Fields.Time(grant.ValidUntil * 1000),
                ["granted_by"] = grant.GrantedBy,
            });
    }
}
