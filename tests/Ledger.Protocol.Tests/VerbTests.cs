using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>The table of verbs is complete: the protocol's own list of them is walked, and each must have everything.</summary>
public sealed class VerbTests
{
    private const string Foreign = "did:pilot:other:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly IList<FieldDescriptor> Bodies = Operation.Descriptor.Oneofs[0].Fields;

    [Fact]
    public void All_EveryBodyOfTheProtocol_HasItsOptionItsFormAndASample()
    {
        Assert.Equal(Bodies.Select(field => field.Name), Verb.All.Select(verb => verb.Name));
        foreach (FieldDescriptor field in Bodies)
        {
            VerbOptions? options = field.GetOptions()?.GetExtension(OptionsExtensions.Verb);
            Assert.True(
                options is not null && options.Purpose != KeyPurpose.Unspecified != options.ByRecoveryKey,
                $"{field.Name} has no option"
            );
            Verb verb = Verb.Of((Operation.BodyOneofCase)field.FieldNumber);
            Assert.Equal(field.Name, verb.Name);
            Assert.Equal(field.FieldNumber, (int)verb.Case);
            Assert.Equal(options.Purpose, verb.Purpose);
            Assert.Equal(options.CreatesActor, verb.CreatesActor);
            Assert.Equal(options.ByRecoveryKey, verb.IsByRecoveryKey);
            Assert.Equal(options.CountsToQuota, verb.CountsToQuota);
            Assert.Single(OperationForm.Bodies, form => form.Body == field.MessageType);
            Assert.Contains(Samples.All(), operation => Verb.Of(operation) == verb);
        }
    }

    [Fact]
    public void Bodies_EveryForm_IsOfAVerb() =>
        Assert.All(OperationForm.Bodies, form => Assert.Contains(form.Body, Bodies.Select(field => field.MessageType)));

    [Theory]
    [InlineData(Operation.BodyOneofCase.None)]
    [InlineData((Operation.BodyOneofCase)(-1))]
    [InlineData((Operation.BodyOneofCase)18)]
    [InlineData((Operation.BodyOneofCase)1_000_000)]
    public void Of_WhatIsNoVerb_IsABug(Operation.BodyOneofCase body) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Verb.Of(body));

    [Fact]
    public void BodyOf_EverySample_IsTheBodyThatIsSet()
    {
        foreach (Operation operation in Samples.All())
        {
            Verb verb = Verb.Of(operation);
            FieldDescriptor field = Operation.Descriptor.FindFieldByNumber((int)operation.BodyCase);
            Assert.Same(field.Accessor.GetValue(operation), verb.BodyOf(operation));
            Assert.Same(verb, Samples.Submit(operation).Verb);
            Assert.All(
                Verb.All.Where(v => v != verb),
                v => Assert.Throws<ArgumentException>(() => v.BodyOf(operation))
            );
        }
    }

    [Fact]
    public void DocumentOf_EverySample_IsTheDocumentOfTheDidThatItCreates()
    {
        foreach (Operation operation in Samples.All())
        {
            Verb verb = Verb.Of(operation);
            DidDocument? document = operation.FoundLedger?.Supervisor ?? operation.CreateDid?.Document;
            Assert.Same(document, verb.DocumentOf(operation));
            Assert.Equal(document is not null, verb.CreatesActor);
        }
    }

    [Fact]
    public void Options_EveryTextOfASampleThatIsADid_HasTheOptionDid()
    {
        foreach (Operation operation in Samples.All())
        {
            Assert.All(
                Texts(operation).Where(text => DidSyntax.IsDid(text.Value)),
                text => Assert.True(IsDid(text.Field), $"{text.Field.FullName} lacks the option (ledger.v1.did)")
            );
        }
    }

    [Fact]
    public void Samples_All_HoldEveryDidOfTheProtocol()
    {
        HashSet<FieldDescriptor> held =
        [
            .. Samples.All().SelectMany(Texts).Where(text => IsDid(text.Field)).Select(text => text.Field),
        ];
        Assert.Equal(Within(Operation.Descriptor).Where(IsDid).ToHashSet(), held);
    }

    [Fact]
    public void FindForeignDid_EachDidOfEachSample_IsNamedByItsPath()
    {
        foreach (Operation sample in Samples.All())
        {
            Verb verb = Verb.Of(sample);
            Assert.Null(verb.FindForeignDid(sample, Samples.Network));
            int dids = Texts(sample).Count(text => IsDid(text.Field));
            for (int i = 0; i < dids; i++)
            {
                Operation operation = sample.Clone();
                Text did = Texts(operation).Where(text => IsDid(text.Field)).ElementAt(i);
                did.Set(Foreign);
                Assert.Equal(did.Path, verb.FindForeignDid(operation, Samples.Network));
            }
        }
    }

    [Fact]
    public void FindForeignDid_SeveralForeign_NamesThoseOfTheBodyFirstAndTheActorLast()
    {
        Operation operation = Samples.All().Last(o => o.BodyCase == Operation.BodyOneofCase.UpdateDid);
        string[] order =
        [
            "update_did.did",
            "update_did.document.controllers[0]",
            "update_did.document.controllers[1]",
            "actor",
        ];
        foreach (string path in order)
        {
            Assert.Equal(path, Verb.Of(operation).FindForeignDid(operation, "elsewhere"));
            Texts(operation)
                .Single(text => text.Path == path)
                .Set(DidSyntax.FromOperationId("elsewhere", new byte[32]));
        }
        Assert.Null(Verb.Of(operation).FindForeignDid(operation, "elsewhere"));
    }

    [Fact]
    public void FindForeignDid_EverySample_AllocatesNothing()
    {
        (Verb, Operation)[] samples = [.. Samples.All().Select(operation => (Verb.Of(operation), operation))];
        foreach ((Verb verb, Operation operation) in samples)
        {
            verb.FindForeignDid(operation, Samples.Network);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach ((Verb verb, Operation operation) in samples)
        {
            verb.FindForeignDid(operation, Samples.Network);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void DidFields_MessagesWithoutDids_AreNotFollowed()
    {
        Assert.Equal(["owner"], DidFields.Of(BatchMint.Descriptor.Fields.InDeclarationOrder()).Paths);
        Assert.Equal(
            ["did", "document.controllers"],
            DidFields.Of(UpdateDid.Descriptor.Fields.InDeclarationOrder()).Paths
        );
        Assert.Empty(DidFields.Of(Burn.Descriptor.Fields.InDeclarationOrder()).Paths);
    }

    // No verb has lists of messages with DIDs in them; answers have.
    [Fact]
    public void DidFields_ListsOfMessages_AreFollowed()
    {
        DidFields dids = DidFields.Of(ListVersionsResponse.Descriptor.Fields.InDeclarationOrder());
        DidRecord record = new() { Did = Samples.Alice, Document = Samples.FullDocument() };
        ListVersionsResponse message = new()
        {
            Versions =
            {
                new DidVersion(),
                new DidVersion { Record = new DidRecord() },
                new DidVersion { Record = record },
            },
        };
        Assert.Equal(["versions.record.did", "versions.record.document.controllers"], dids.Paths);
        Assert.Null(dids.FindForeign(message, Samples.Network)); // absent and empty ones are none
        record.Document.Controllers[1] = Foreign;
        Assert.Equal("versions[2].record.document.controllers[1]", dids.FindForeign(message, Samples.Network));
        record.Did = Foreign;
        Assert.Equal("versions[2].record.did", dids.FindForeign(message, Samples.Network));
    }

    [Fact]
    public void DidFields_MessagesOfTheirOwnKind_AreFollowedToTheEnd()
    {
        DidFields dids = DidFields.Of(ProposePolicy.Descriptor.Fields.InDeclarationOrder());
        Assert.Contains("rule.counterparty.dids", dids.Paths);
        PolicyRule counterparty = new() { Counterparty = new DidRule { Dids = { Samples.Bob } } };
        ProposePolicy body = new()
        {
            Rule = RegistrySamples.All(new PolicyRule { Not = new() { Not = counterparty } }),
        };
        Assert.Null(dids.FindForeign(body, Samples.Network));
        counterparty.Counterparty.Dids.Add(Foreign);
        Assert.Equal("rule.all.rules[0].not.not.counterparty.dids[1]", dids.FindForeign(body, Samples.Network));
    }

    // Nothing personal ever enters an operation: there is no text that could say it. A new one is put into one of these groups, or is
    // not added.
    [Fact]
    public void Texts_OfEveryVerb_AreNamesReferencesAndTheTwoPublicTitles()
    {
        Dictionary<string, string[]> known = new()
        {
            ["identifiers of things, [a-z0-9._:-]"] =
            [
                "class_id",
                "fields",
                "id",
                "kpi",
                "milestone_id",
                "pilot_id",
                "policy_id",
                "programme",
                "token_id",
                "tranche_id",
            ],
            ["networks, fragments, origins"] = ["fragment", "ledger", "network", "target"],
            ["regions"] = ["district", "region", "regions"],
            ["references to orders, laws and registers"] = ["legal_basis", "number", "value"],
            ["public titles of pilots and classes"] = ["name", "title"],
            ["media types, types of services"] = ["media_type", "type"],
            ["URIs"] = ["also_known_as", "endpoint", "uri"],
        };
        string[] free =
        [
            .. Within(Operation.Descriptor)
                .Where(field => field.FieldType == FieldType.String && !IsDid(field))
                .Select(field => field.Name)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(known.Values.SelectMany(names => names).Order(StringComparer.Ordinal), free);

        // A name that is known is what it says: only these two messages have titles, only that one a value.
        Assert.Equal(
            ["ledger.v1.AmendPilot.title", "ledger.v1.CreateClass.name", "ledger.v1.CreatePilot.title"],
            Where(["name", "title"])
        );
        Assert.Equal(["ledger.v1.ExternalId.value"], Where(["value"]));
        Assert.Equal(["ledger.v1.Order.legal_basis", "ledger.v1.Order.number"], Where(["legal_basis", "number"]));

        static IEnumerable<string> Where(string[] names) =>
            Within(Operation.Descriptor)
                .Where(field => field.FieldType == FieldType.String && names.Contains(field.Name))
                .Select(field => field.FullName)
                .Order(StringComparer.Ordinal);
    }

    /// <summary>A text somewhere in a message.</summary>
    private sealed record Text(FieldDescriptor Field, string Path, string Value, Action<string> Set);

    private static bool IsDid(FieldDescriptor field) => field.GetOptions()?.GetExtension(OptionsExtensions.Did) == true;

    private static IEnumerable<Text> Texts(IMessage message) => Texts(message, "");

    private static IEnumerable<Text> Texts(IMessage message, string prefix)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            string path = prefix + field.Name;
            switch (field.Accessor.GetValue(message))
            {
                case string { Length: > 0 } text:
                    yield return new Text(field, path, text, value => field.Accessor.SetValue(message, value));
                    break;
                case IMessage inner:
                    foreach (Text text in Texts(inner, path + "."))
                    {
                        yield return text;
                    }
                    break;
                case System.Collections.IList list:
                    for (int i = 0; i < list.Count; i++)
                    {
                        int index = i;
                        if (list[i] is string item)
                        {
                            yield return new Text(field, $"{path}[{i}]", item, value => list[index] = value);
                        }
                        foreach (Text text in list[i] is IMessage inner ? Texts(inner, $"{path}[{i}].") : [])
                        {
                            yield return text;
                        }
                    }
                    break;
            }
        }
    }

    // Every field of a message and of the messages in it, each kind of message once: a rule of a policy holds rules.
    private static HashSet<FieldDescriptor> Within(MessageDescriptor message)
    {
        HashSet<FieldDescriptor> fields = [];
        Enter(message);
        return fields;

        void Enter(MessageDescriptor entered)
        {
            foreach (FieldDescriptor field in entered.Fields.InDeclarationOrder())
            {
                if (fields.Add(field) && field.FieldType == FieldType.Message)
                {
                    Enter(field.MessageType);
                }
            }
        }
    }
}
