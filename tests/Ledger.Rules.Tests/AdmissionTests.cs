using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

public sealed class AdmissionTests
{
    private readonly RulesLedger _ledger = new();

    [Fact]
    public void FindKeys_EmptyLedger_TakesTheFoundingOnly()
    {
        Operation create = new() { CreateDid = new CreateDid { Document = RulesLedger.Document(1) } };
        Assert.Equal(ReasonCode.NotFounded, FindKeys(_ledger.Sign(create)));

        Operation found = new()
        {
            FoundLedger = new FoundLedger { Network = "other", Supervisor = RulesLedger.Document(1) },
        };
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(found)));
    }

    [Fact]
    public void FindKeys_FoundedLedger_IsNotFoundedAgain()
    {
        _ledger.Found();
        Operation again = new()
        {
            FoundLedger = new FoundLedger { Network = RulesLedger.Network, Supervisor = RulesLedger.Document(1) },
        };
        Assert.Equal(ReasonCode.AlreadyFounded, FindKeys(_ledger.Sign(again)));
    }

    [Fact]
    public void FindKeys_ActorUnknownOrDeactivated_IsRefused()
    {
        _ledger.Found();
        string did = _ledger.CreateDid();
        string nobody = $"did:pilot:{RulesLedger.Network}:{new string('a', 52)}";
        Assert.Equal(ReasonCode.UnknownActor, FindKeys(_ledger.Sign(BurnBy(nobody))));
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(BurnBy(did))));
        _ledger.Deactivate(did);
        Assert.Equal(ReasonCode.ActorDeactivated, FindKeys(_ledger.Sign(BurnBy(did))));
    }

    [Fact]
    public void FindKeys_NameOrPurpose_MustFitForEverySignature()
    {
        string did = _ledger.Found();
        Assert.Equal(ReasonCode.UnknownKey, FindKeys(_ledger.Sign(BurnBy(did), "other")));
        Assert.Equal(ReasonCode.UnknownKey, FindKeys(_ledger.Sign(BurnBy(did), RulesLedger.AssertKey, "other")));
        Assert.Equal(ReasonCode.KeyPurpose, FindKeys(_ledger.Sign(BurnBy(did), RulesLedger.ControlKey)));
        Assert.Equal(
            ReasonCode.KeyPurpose,
            FindKeys(_ledger.Sign(BurnBy(did), RulesLedger.AssertKey, RulesLedger.ControlKey))
        );
        Assert.Equal(ReasonCode.KeyPurpose, FindKeys(_ledger.Sign(Update(did), RulesLedger.AssertKey)));
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(Update(did), RulesLedger.ControlKey)));
    }

    [Fact]
    public void FindKeys_Create_TakesTheKeysOfItsOwnDocument()
    {
        _ledger.Found();
        Operation create = new() { CreateDid = new CreateDid { Document = RulesLedger.Document(77) } };
        SubmittedOperation submitted = _ledger.Sign(create);
        Assert.True(
            Admission
                .FindKeys(_ledger.Records, submitted, _ledger.TimeMs, out IReadOnlyList<VerificationMethod> keys)
                .IsOk
        );
        Assert.Equal(RulesLedger.PublicKey(77), Assert.Single(keys).PublicKey);
        Assert.Equal(ReasonCode.KeyPurpose, FindKeys(_ledger.Sign(create.Clone(), RulesLedger.AssertKey)));
    }

    [Fact]
    public void FindKeys_SeveralSignatures_GivesTheirKeysInOrder()
    {
        DidDocument document = RulesLedger.Document(5);
        document.VerificationMethods.Add(RulesLedger.Method("second", 6, KeyPurpose.CapabilityInvocation));
        _ledger.Found();
        Operation create = new() { CreateDid = new CreateDid { Document = document } };
        SubmittedOperation submitted = _ledger.Sign(create, "second", RulesLedger.ControlKey);
        Assert.True(
            Admission
                .FindKeys(_ledger.Records, submitted, _ledger.TimeMs, out IReadOnlyList<VerificationMethod> keys)
                .IsOk
        );
        Assert.Equal(["second", RulesLedger.ControlKey], keys.Select(key => key.Fragment));
    }

    [Fact]
    public void FindKeys_DidOfAnotherNetwork_NamesTheField()
    {
        string own = _ledger.Found();
        string foreign = own.Replace($":{RulesLedger.Network}:", ":other:", StringComparison.Ordinal);
        DidDocument controlled = RulesLedger.Document(3);
        controlled.Controllers.Add([own, foreign]);
        ByteString hash = RulesLedger.Bytes(32, 1);
        (string Field, Operation Operation)[] cases =
        [
            ("create_did.document.controllers[1]", new() { CreateDid = new() { Document = controlled } }),
            (
                "update_did.did",
                new()
                {
                    Actor = own,
                    UpdateDid = new()
                    {
                        Did = foreign,
                        Previous = hash,
                        Document = RulesLedger.Document(3),
                    },
                }
            ),
            (
                "update_did.document.controllers[1]",
                new()
                {
                    Actor = own,
                    UpdateDid = new()
                    {
                        Did = _ledger.CreateDid(),
                        Previous = hash,
                        Document = controlled,
                    },
                }
            ),
            (
                "deactivate_did.did",
                new()
                {
                    Actor = own,
                    DeactivateDid = new() { Did = foreign, Previous = hash },
                }
            ),
            (
                "admit_party.party",
                new()
                {
                    Actor = own,
                    AdmitParty = new()
                    {
                        Party = foreign,
                        Roles = { Role.Issuer },
                        CredentialCommitment = hash,
                        AssuranceLevel = AssuranceLevel.Low,
                    },
                }
            ),
            (
                "create_pilot.sponsor",
                new()
                {
                    Actor = own,
                    CreatePilot = new()
                    {
                        Id = "p",
                        Title = "P",
                        Sponsor = foreign,
                    },
                }
            ),
            (
                "mint.owner",
                new()
                {
                    Actor = own,
                    Mint = new() { ClassId = "c", Owner = foreign },
                }
            ),
            (
                "batch_mint.owner",
                new()
                {
                    Actor = own,
                    BatchMint = new()
                    {
                        ClassId = "c",
                        Owner = foreign,
                        Items = { new MintItem() },
                    },
                }
            ),
            (
                "transfer.from_did",
                new()
                {
                    Actor = own,
                    Transfer = new()
                    {
                        ClassId = "c",
                        TokenId = "t",
                        FromDid = foreign,
                        ToDid = own,
                    },
                }
            ),
            (
                "transfer.to_did",
                new()
                {
                    Actor = own,
                    Transfer = new()
                    {
                        ClassId = "c",
                        TokenId = "t",
                        FromDid = own,
                        ToDid = foreign,
                    },
                }
            ),
            ("actor", BurnBy(foreign)),
        ];
        foreach ((string field, Operation operation) in cases)
        {
            Assert.Equal(
                Judgement.Refuse(ReasonCode.InvalidDid, field),
                Admission.FindKeys(_ledger.Records, _ledger.Sign(operation), _ledger.TimeMs, out _)
            );
        }
    }

    [Fact]
    public void FindKeys_FoundingWithControllerOfAnotherNetwork_IsRefused()
    {
        DidDocument document = RulesLedger.Document(1);
        document.Controllers.Add($"did:pilot:other:{new string('a', 52)}");
        Operation found = new()
        {
            FoundLedger = new FoundLedger { Network = RulesLedger.Network, Supervisor = document },
        };
        Assert.Equal(ReasonCode.InvalidDid, FindKeys(_ledger.Sign(found)));
    }

    [Theory]
    [InlineData(1_000_000, 1_000, ReasonCode.Applied)] // to the millisecond
    [InlineData(1_000_000, 999, ReasonCode.Expired)]
    [InlineData(1_000_001, 1_000, ReasonCode.Expired)]
    [InlineData(1_000_001, 1_001, ReasonCode.Applied)]
    [InlineData(1_000_000, 1_000 + 2_592_000, ReasonCode.Applied)]
    [InlineData(1_000_000, 1_000 + 2_592_001, ReasonCode.DeadlineTooFar)]
    [InlineData(1_000_999, 1_000 + 2_592_000, ReasonCode.Applied)]
    [InlineData(1_000_999, 1_000 + 2_592_001, ReasonCode.DeadlineTooFar)]
    [InlineData(0, ulong.MaxValue, ReasonCode.DeadlineTooFar)]
    [InlineData(long.MaxValue, ulong.MaxValue, ReasonCode.DeadlineTooFar)]
    [InlineData(long.MaxValue, 1, ReasonCode.Expired)]
    public void CheckDeadline_AgainstTheBatch_IsExactAtBothEnds(long timeMs, ulong notAfter, ReasonCode expected)
    {
        Operation operation = new()
        {
            NotAfter = notAfter,
            CreateDid = new CreateDid { Document = RulesLedger.Document(1) },
        };
        Assert.Equal(expected, Admission.CheckDeadline(_ledger.Sign(operation), timeMs).Reason);
    }

    [Fact]
    public void Judge_KeysUnchanged_IsOk()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Assert.Equal(Judgement.Ok, JudgeAfter(submitted, () => { }));
    }

    [Fact]
    public void Judge_KeyEqualButReadAgain_IsOk() => Assert.Equal(Judgement.Ok, JudgeVerifiedWith(_ => { }));

    [Fact]
    public void Judge_KeyDiffersInOnePart_IsRefused()
    {
        Action<VerificationMethod>[] changes =
        [
            key => key.Fragment = "other",
            key => key.Type = KeyType.Secp256K1,
            key => key.PublicKey = RulesLedger.PublicKey(200),
        ];
        Assert.All(changes, change => Assert.Equal(ReasonCode.KeyChanged, JudgeVerifiedWith(change).Reason));
    }

    public static TheoryData<string> KeyChanges => ["value", "type", "purpose", "name"];

    [Theory]
    [MemberData(nameof(KeyChanges))]
    public void Judge_KeyChangedSinceItVerified_IsRefused(string change)
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Judgement judgement = JudgeAfter(
            submitted,
            () =>
            {
                Operation update = Update(did);
                VerificationMethod method = update.UpdateDid.Document.VerificationMethods[1];
                Assert.Equal(RulesLedger.AssertKey, method.Fragment);
                switch (change)
                {
                    case "value":
                        method.PublicKey = RulesLedger.PublicKey(200);
                        break;
                    case "type":
                        method.Type = KeyType.Secp256K1;
                        method.PublicKey = Generator();
                        break;
                    case "purpose":
                        method.Purposes[0] = KeyPurpose.Authentication;
                        break;
                    default:
                        method.Fragment = "renamed";
                        break;
                }

                Assert.Equal(ReasonCode.Applied, _ledger.Apply(update));
            }
        );
        Assert.Equal(ReasonCode.KeyChanged, judgement.Reason);
    }

    [Fact]
    public void Judge_OtherKeyChanged_IsOk()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Judgement judgement = JudgeAfter(
            submitted,
            () =>
            {
                Operation update = Update(did);
                update.UpdateDid.Document.VerificationMethods[0].PublicKey = RulesLedger.PublicKey(200);
                Assert.Equal(ReasonCode.Applied, _ledger.Apply(update));
            }
        );
        Assert.Equal(Judgement.Ok, judgement);
    }

    [Fact]
    public void Judge_ActorDeactivatedSince_IsRefused()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Assert.Equal(ReasonCode.ActorDeactivated, JudgeAfter(submitted, () => _ledger.Deactivate(did)).Reason);
    }

    [Fact]
    public void Judge_SecondFoundingInTheSameBatch_IsRefused()
    {
        Operation first = new()
        {
            FoundLedger = new FoundLedger { Network = RulesLedger.Network, Supervisor = RulesLedger.Document(1) },
        };
        SubmittedOperation second = _ledger.Sign(first.Clone());
        Judgement judgement = JudgeAfter(second, () => Assert.Equal(ReasonCode.Applied, _ledger.Apply(first)));
        Assert.Equal(ReasonCode.AlreadyFounded, judgement.Reason);
    }

    [Fact]
    public void Judge_ExpiredOperation_IsRefused()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Assert.Equal(ReasonCode.Expired, JudgeAfter(submitted, () => _ledger.TimeMs += 61_000).Reason);
    }

    [Fact]
    public void Judge_KeysThatDoNotMatchTheSignatures_IsABug()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Assert.Throws<ArgumentOutOfRangeException>(() => Judge(_ledger, submitted, []));
    }

    [Fact]
    public void Judge_NobodyHasVerified_GivesTheKeysInForceOrTheirReason()
    {
        string did = _ledger.Found();
        SubmittedOperation submitted = _ledger.Sign(BurnBy(did));
        Assert.Equal(Judgement.Ok, Judge(_ledger, submitted, null));
        Assert.Equal(ReasonCode.UnknownKey, Judge(_ledger, _ledger.Sign(BurnBy(did), "other"), null).Reason);
        SubmittedOperation control = _ledger.Sign(BurnBy(did), RulesLedger.ControlKey);
        Assert.Equal(ReasonCode.KeyPurpose, Judge(_ledger, control, null).Reason);
        Assert.Equal(ReasonCode.KeyChanged, Judge(_ledger, control, [RulesLedger.Method("k", 1)]).Reason);
    }

    [Fact]
    public void Judge_NobodyHasVerified_RefusesASignatureWithTwoSpellings()
    {
        // A high S and the curve's order minus it verify alike: only the low one is taken, or one operation had two entries.
        DidDocument document = new()
        {
            VerificationMethods =
            {
                new VerificationMethod
                {
                    Fragment = RulesLedger.ControlKey,
                    Type = KeyType.Secp256K1,
                    PublicKey = Generator(),
                    Purposes = { KeyPurpose.CapabilityInvocation },
                },
            },
        };
        Operation found = new()
        {
            FoundLedger = new FoundLedger { Network = RulesLedger.Network, Supervisor = document },
        };
        SubmittedOperation low = _ledger.Sign(found);
        Assert.Equal(Judgement.Ok, Judge(_ledger, low, null));
        Signature high = new() { VerificationMethod = RulesLedger.ControlKey, Value = RulesLedger.Bytes(64, 0xee) };
        OperationCodec.Decode(low.Bytes, [high], RulesLedger.Origin, out SubmittedOperation? submitted);
        Assert.Equal(ReasonCode.SignatureHighS, Judge(_ledger, submitted!, null).Reason);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void FindKeys_OperationOnDids_NeedsAsManyUpdateKeysAsTheDocumentSays(uint threshold, int needed)
    {
        _ledger.Found();
        DidDocument document = RulesLedger.Document(20);
        document.VerificationMethods.Add(RulesLedger.Method("u2", 21, KeyPurpose.CapabilityInvocation));
        document.VerificationMethods.Add(RulesLedger.Method("u3", 22, KeyPurpose.CapabilityInvocation));
        document.VerificationMethods.Add(RulesLedger.Method("twin", 22, KeyPurpose.CapabilityInvocation));
        document.UpdateThreshold = threshold;
        Operation create = new() { CreateDid = new CreateDid { Document = document } };
        string[] all = [RulesLedger.ControlKey, "u2", "u3"];
        for (int count = 1; count <= all.Length; count++)
        {
            ReasonCode expected = count >= needed ? ReasonCode.Applied : ReasonCode.ThresholdNotMet;
            Assert.Equal(expected, FindKeys(_ledger.Sign(create, all[..count])));
        }

        // One key under two names is one.
        ReasonCode twins = needed <= 1 ? ReasonCode.Applied : ReasonCode.ThresholdNotMet;
        Assert.Equal(twins, FindKeys(_ledger.Sign(create, "u3", "twin")));

        Assert.Equal(ReasonCode.Applied, _ledger.Apply(_ledger.Sign(create, all)));
        string did = _ledger.Last.ActorDid(RulesLedger.Network);
        Assert.Equal(
            needed <= 1 ? ReasonCode.Applied : ReasonCode.ThresholdNotMet,
            FindKeys(_ledger.Sign(Update(did), "u2"))
        );
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(Update(did), all)));
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(BurnBy(did)))); // which is none on DIDs
    }

    [Fact]
    public void FindKeys_ControllerWithAThreshold_NeedsItsOwn()
    {
        _ledger.Found();
        DidDocument two = RulesLedger.Document(20);
        two.VerificationMethods.Add(RulesLedger.Method("u2", 21, KeyPurpose.CapabilityInvocation));
        two.UpdateThreshold = 2;
        Operation create = new() { CreateDid = new CreateDid { Document = two } };
        Assert.Equal(ReasonCode.Applied, _ledger.Apply(_ledger.Sign(create, RulesLedger.ControlKey, "u2")));
        string controller = _ledger.Last.ActorDid(RulesLedger.Network);
        string did = _ledger.CreateDid(controller);

        Operation update = Update(did);
        update.Actor = controller;
        Assert.Equal(ReasonCode.ThresholdNotMet, FindKeys(_ledger.Sign(update)));
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(update, RulesLedger.ControlKey, "u2")));
    }

    [Fact]
    public void FindKeys_KeyThatHasAnEnd_SignsUpToItByTheBatchsTime()
    {
        _ledger.Found();
        DidDocument document = RulesLedger.Document(20);
        document.VerificationMethods[1].ValidUntil = (ulong)_ledger.TimeMs / 1000 + 5;
        string did = _ledger.CreateDid(document);
        long end = (_ledger.TimeMs / 1000 + 5) * 1000;

        _ledger.TimeMs = end;
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(BurnBy(did))));
        _ledger.TimeMs = end + 1;
        Assert.Equal(ReasonCode.KeyExpired, FindKeys(_ledger.Sign(BurnBy(did))));
        Assert.Equal(ReasonCode.Applied, FindKeys(_ledger.Sign(Update(did)))); // whose key has no end
    }

    private ReasonCode FindKeys(SubmittedOperation submitted)
    {
        Judgement judgement = Admission.FindKeys(
            _ledger.Records,
            submitted,
            _ledger.TimeMs,
            out IReadOnlyList<VerificationMethod> keys
        );
        Assert.Equal(judgement.IsOk ? submitted.Signatures.Count : 0, keys.Count);
        return judgement.Reason;
    }

    private static Judgement Judge(
        RulesLedger ledger,
        SubmittedOperation submitted,
        IReadOnlyList<VerificationMethod>? verifiedWith
    )
    {
        BatchState state = new(ledger.Records, ledger.TimeMs);
        Judgement judgement = Admission.Judge(
            state,
            submitted,
            verifiedWith,
            out IReadOnlyList<VerificationMethod> keys
        );
        Assert.Equal(judgement.IsOk ? submitted.Signatures.Count : 0, keys.Count);
        return judgement;
    }

    // Finds the keys, lets something happen, and then comes to the operation's turn.
    private Judgement JudgeAfter(SubmittedOperation submitted, Action happens)
    {
        Assert.True(
            Admission
                .FindKeys(_ledger.Records, submitted, _ledger.TimeMs, out IReadOnlyList<VerificationMethod> keys)
                .IsOk
        );
        happens();
        return Judge(_ledger, submitted, keys);
    }

    // Judges an operation as if it had been verified with a key that is like the one in force but for a change.
    private static Judgement JudgeVerifiedWith(Action<VerificationMethod> change)
    {
        RulesLedger ledger = new();
        SubmittedOperation submitted = ledger.Sign(BurnBy(ledger.Found()));
        Assert.True(
            Admission
                .FindKeys(ledger.Records, submitted, ledger.TimeMs, out IReadOnlyList<VerificationMethod> keys)
                .IsOk
        );
        VerificationMethod key = keys[0].Clone();
        change(key);
        return Judge(ledger, submitted, [key]);
    }

    private static Operation BurnBy(string actor) =>
        new()
        {
            Actor = actor,
            Burn = new Burn { ClassId = "c", TokenId = "t" },
        };

    private Operation Update(string did) =>
        new()
        {
            Actor = did,
            UpdateDid = new UpdateDid
            {
                Did = did,
                Previous = _ledger.Did(did).LastOperation,
                Document = _ledger.Did(did).Document.Clone(),
            },
        };

    // The generator of secp256k1, compressed (SEC 2, section 2.4.1).
    private static ByteString Generator() =>
        ByteString.CopyFrom(
            Convert.FromHexString("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
        );
}
