using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>Where every run begins: somebody in every part, and pilots that run.</summary>
internal static class RegistryScene
{
    /// <summary>Plays the setting.</summary>
    /// <param name="run">Where.</param>
    /// <param name="source">What learns who is there.</param>
    /// <param name="timeMs">When it begins.</param>
    /// <returns>The operations of the setting.</returns>
    public static List<(Operation Operation, long TimeMs)> Play(RegistryRun run, RegistrySource source, long timeMs)
    {
        List<(Operation, long)> played = [];
        string founder = Do(
            new Operation
            {
                FoundLedger = new FoundLedger { Network = RulesLedger.Network, Supervisor = RulesLedger.Document(1) },
            }
        );
        source.Founder = founder;

        // A second DID with a key of the founder, and one that the founder controls: they approve nothing of the founder's.
        DidDocument twin = RulesLedger.Document(2);
        twin.VerificationMethods[1] = RulesLedger.Document(1).VerificationMethods[1].Clone();
        DidDocument ward = RulesLedger.Document(3);
        ward.Controllers.Add(founder);
        string deputy = Create(RulesLedger.Document(4));
        Admit(deputy, Role.SupervisorDeputy);
        Admit(Create(twin), Role.SupervisorDeputy);
        Admit(Create(ward), Role.SupervisorDeputy, Role.Auditor);
        Admit(Create(RulesLedger.Document(5)), Role.Supervisor);
        Admit(Create(RulesLedger.Document(6)), Role.Registrar);
        Admit(Create(RulesLedger.Document(7)), Role.Registrar, Role.Issuer);
        Admit(Create(RulesLedger.Document(8)), Role.Platform);
        Admit(Create(RulesLedger.Document(9)), Role.Platform);
        string sponsor = Create(RulesLedger.Document(10));
        Admit(sponsor, Role.Sponsor);
        Admit(Create(RulesLedger.Document(11)), Role.Sponsor, Role.Issuer);
        Admit(Create(RulesLedger.Document(12)), Role.Operator);
        string issuer = Create(RulesLedger.Document(13));
        Admit(issuer, Role.Issuer);
        Admit(Create(RulesLedger.Document(14)), Role.Issuer, Role.Participant);
        Admit(Create(RulesLedger.Document(15)), Role.Auditor);
        string holder = Create(RulesLedger.Document(16));
        Admit(holder, Role.Participant);
        for (byte seed = 17; seed < 22; seed++)
        {
            Admit(Create(RulesLedger.Document(seed)), Role.Participant);
        }

        Create(RulesLedger.Document(22));
        Create(RulesLedger.Document(23));
        source.Cast.AddRange(run.Model.Documents.Keys);
        string gone = Create(RulesLedger.Document(24));
        Admit(gone, Role.Platform, Role.Sponsor, Role.Participant);
        string strange = Create(RulesLedger.Document(25));
        Deactivate(gone);
        Deactivate(strange);
        source.Others.AddRange(run.Model.Documents.Keys);
        source.Others.Add($"did:pilot:{RulesLedger.Network}:{new string('a', 52)}");

        for (int i = 1; i <= 3; i++)
        {
            OpenPilot(
                $"p{i}",
                new PilotBoundary
                {
                    MaxParticipants = i == 1 ? 2UL : 0,
                    MaxTokens = i == 2 ? 12UL : 0,
                    MaxTransfersPerDay = i == 3 ? 4UL : 0,
                    ParticipantsOnly = i == 2,
                    Regions = { i == 3 ? ["310000"] : Array.Empty<string>() },
                }
            );
        }

        OpenPilot("p4", new PilotBoundary { Start = (ulong)timeMs / 1000 + 86_400 });
        Define("c1", "p1", Transferability.Free, "");
        Define("c2", "p1", Transferability.GiftOnly, "");
        Define("c3", "p1", Transferability.Soulbound, "");
        Define("c4", "p2", Transferability.Free, "");
        Define("c5", "p3", Transferability.Free, "");
        Do(
            new Operation
            {
                Actor = issuer,
                ProposePolicy = new ProposePolicy
                {
                    PolicyId = "o1",
                    PilotId = "p1",
                    Rule = new PolicyRule
                    {
                        All = new PolicyRules
                        {
                            Rules =
                            {
                                new PolicyRule { FirstHold = new HoldRule { Seconds = 900 } },
                                new PolicyRule { GiftsPerDay = new CountRule { Below = 2 } },
                            },
                        },
                    },
                },
            }
        );
        Do(
            new Operation
            {
                Actor = founder,
                ApprovePolicy = new ApprovePolicy
                {
                    PolicyId = "o1",
                    Version = 1,
                    Effective = (ulong)timeMs / 1000 + 60,
                },
            }
        );
        Define("c6", "p1", Transferability.Free, "o1");
        Define("c7", "p1", Transferability.Free, "", ReceiverConsent.Required);
        foreach (string classId in (string[])["c1", "c2", "c3", "c5", "c6", "c7"])
        {
            for (int i = 0; i < 3; i++)
            {
                Do(
                    new Operation
                    {
                        Actor = issuer,
                        Mint = new Mint { ClassId = classId, Owner = holder },
                    }
                );
            }
        }

        return played;

        string Create(DidDocument document) => Do(new Operation { CreateDid = new CreateDid { Document = document } });

        void Admit(string party, params Role[] roles) =>
            Do(
                new Operation
                {
                    Actor = founder,
                    Approver = roles.Contains(Role.Supervisor) ? deputy : "",
                    AdmitParty = new AdmitParty
                    {
                        Party = party,
                        Roles = { roles },
                        CredentialCommitment = RulesLedger.Bytes(32, 7),
                        AssuranceLevel = AssuranceLevel.High,
                        Attestation = roles.Contains(Role.Participant)
                            ? new Attestation { Region = "310000", AgeBand = AgeBand.Adult }
                            : null,
                    },
                }
            );

        void Deactivate(string did) =>
            Do(
                new Operation
                {
                    Actor = did,
                    DeactivateDid = new DeactivateDid
                    {
                        Did = did,
                        Previous = run
                            .Records.Records.Values.Select(it => it.Record)
                            .OfType<DidRecord>()
                            .First(it => it.Did == did)
                            .LastOperation,
                    },
                }
            );

        void OpenPilot(string id, PilotBoundary boundary)
        {
            Do(
                new Operation
                {
                    Actor = sponsor,
                    CreatePilot = new CreatePilot
                    {
                        Id = id,
                        Title = "A pilot",
                        Sponsor = sponsor,
                        Terms = new PilotTerms { Boundary = boundary },
                    },
                }
            );
            Move(id, PilotState.Submitted, sponsor);
            Move(id, PilotState.UnderReview, founder);
            Do(
                new Operation
                {
                    Actor = founder,
                    AddEvidence = new AddEvidence
                    {
                        PilotId = id,
                        Kind = EvidenceKind.Assessment,
                        Commitment = RulesLedger.Bytes(32, 8),
                        MediaType = "application/pdf",
                        Size = 1,
                    },
                }
            );
            Move(id, PilotState.PublicNotice, founder);
            timeMs += 1_000;
            Move(id, PilotState.Approved, founder);
            if (boundary.Start == 0)
            {
                Move(id, PilotState.Running, founder);
            }
        }

        void Define(
            string id,
            string pilotId,
            Transferability transferability,
            string policyId,
            ReceiverConsent consent = ReceiverConsent.None
        ) =>
            Do(
                new Operation
                {
                    Actor = issuer,
                    CreateClass = new CreateClass
                    {
                        Id = id,
                        PilotId = pilotId,
                        Name = "A class",
                        Category = ClassCategory.Certificate,
                        MaxSupply = 20,
                        Transferability = transferability,
                        BurnAuthority = BurnAuthority.Both,
                        MetadataMutability = MetadataMutability.AppendVersion,
                        ReceiverConsent = consent,
                        Powers =
                        {
                            ClassPower.Pause,
                            ClassPower.Freeze,
                            ClassPower.ForcedTransfer,
                            ClassPower.ForcedBurn,
                            ClassPower.UserGrant,
                        },
                        PolicyId = policyId,
                    },
                }
            );

        void Move(string id, PilotState state, string actor) =>
            Do(
                new Operation
                {
                    Actor = actor,
                    MovePilot = new MovePilot
                    {
                        PilotId = id,
                        State = state,
                        Reason = PilotReason.AsPlanned,
                        EvidenceHash = RulesLedger.Bytes(32, 9),
                        ObjectionSeconds = state == PilotState.PublicNotice ? 1U : 0,
                    },
                }
            );

        string Do(Operation op)
        {
            source.Complete(op, (ulong)timeMs);
            played.Add((op, timeMs));
            string? problem = run.Step(op, timeMs);
            Assert.True(
                problem is null && run.Entries[^1].Outcome == ReasonCode.Applied,
                $"{problem} {run.Entries[^1].Outcome} {op}"
            );
            return run.LastActor;
        }
    }
}
