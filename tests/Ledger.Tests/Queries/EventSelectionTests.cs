using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public sealed class EventSelectionTests(QueriedLedger ledger) : IClassFixture<QueriedLedger>
{
    private static readonly OneofDescriptor Oneof = Effect.Descriptor.Oneofs.Single();

    public static TheoryData<string> Effects => [.. Oneof.Fields.Select(effect => effect.Name)];

    [Fact]
    public void Effects_AreThoseOfTheProtocol() =>
        Assert.Equal(Effects.Select(row => row.Data), EventSelection.Effects);

    [Theory]
    [MemberData(nameof(Effects))]
    public void Includes_EveryFieldOfEveryEffect_IsLookedAt(string name)
    {
        FieldDescriptor field = Oneof.Fields.Single(f => f.Name == name);
        string did = QueriedLedger.Nobody;
        Effect plain = With(field, null, "");

        Assert.True(Includes(new EventFilter { Effects = { name } }, plain));
        Assert.False(Includes(new EventFilter { Effects = { Other(name) } }, plain));
        Assert.False(Includes(new EventFilter { Party = did }, plain));
        Assert.True(Includes(new EventFilter { Party = did }, plain, actor: did));
        Assert.True(Includes(new EventFilter { Party = did }, plain, approver: did));
        foreach (FieldDescriptor inner in field.MessageType.Fields.InDeclarationOrder())
        {
            bool isDid = inner.GetOptions()?.GetExtension(OptionsExtensions.Did) == true;
            Assert.False(isDid && inner.IsRepeated, "a list of DIDs in an effect is not looked at");
            Assert.False(
                inner.FieldType == FieldType.Message
                    && inner
                        .MessageType.Fields.InDeclarationOrder()
                        .Any(f => f.GetOptions()?.GetExtension(OptionsExtensions.Did) == true),
                "a DID within a message of an effect is not looked at"
            );
            if (isDid)
            {
                Assert.True(Includes(new EventFilter { Party = did }, With(field, inner, did)), inner.FullName);
            }

            switch (inner.Name)
            {
                case "pilot_id":
                    Assert.True(Includes(new EventFilter { PilotId = "a" }, With(field, inner, "a")));
                    Assert.False(Includes(new EventFilter { PilotId = "a" }, With(field, inner, "b")));
                    break;
                case "class_id":
                    Assert.True(Includes(new EventFilter { ClassId = "a" }, With(field, inner, "a")));
                    Assert.False(Includes(new EventFilter { ClassId = "a" }, With(field, inner, "b")));
                    break;
                case "token_id":
                    Effect token = With(field, inner, "t");
                    SetText(field, token, "class_id", "a");
                    Assert.True(Includes(new EventFilter { ClassId = "a", TokenId = "t" }, token));
                    Assert.False(Includes(new EventFilter { ClassId = "a", TokenId = "u" }, token));
                    Assert.False(Includes(new EventFilter { ClassId = "b", TokenId = "t" }, token));
                    break;
            }
        }
    }

    [Fact]
    public void Of_PartyBeforeTheFounding_IsNotFounded()
    {
        TemporaryLedger empty = TemporaryLedger.Open();
        using (ReadView view = empty.Ledger.Read())
        {
            Answer<EventSelection> answer = EventSelection.Of(view, new EventFilter { Party = QueriedLedger.Nobody });
            Assert.Equal(ReasonCode.NotFounded, answer.Judgement.Reason);
            Assert.True(EventSelection.Of(view, null).IsOk);
        }

        empty.DisposeAsync().AsTask().Wait(TestContext.Current.CancellationToken);
    }

    private bool Includes(EventFilter filter, Effect effect, string actor = "", string approver = "")
    {
        using ReadView view = ledger.Read();
        return EventSelection
            .Of(view, filter)
            .Value.Includes(new EntryEvents { Actor = actor, Approver = approver }, effect);
    }

    private static string Other(string name) => name == "burned" ? "minted" : "burned";

    private static Effect With(FieldDescriptor field, FieldDescriptor? inner, string text)
    {
        Effect effect = new();
        IMessage body = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        inner?.Accessor.SetValue(body, text);
        field.Accessor.SetValue(effect, body);
        return effect;
    }

    private static void SetText(FieldDescriptor field, Effect effect, string name, string text) =>
        field.MessageType.FindFieldByName(name).Accessor.SetValue((IMessage)field.Accessor.GetValue(effect), text);
}
