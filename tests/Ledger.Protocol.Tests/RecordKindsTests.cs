using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class RecordKindsTests
{
    [Fact]
    public void All_EveryKind_IsThereOnce() =>
        Assert.Equal(Enum.GetValues<RecordKind>().Order(), RecordKinds.All.Select(terms => terms.Kind).Order());

    [Fact]
    public void All_EveryRecordOfTheProtocol_HasAKindThatReadsIt()
    {
        IEnumerable<string> records = SupplyRecord
            .Descriptor.File.MessageTypes.Select(message => message.Name)
            .Where(name => name.EndsWith("Record", StringComparison.Ordinal));
        Assert.Equal(records.Order(), RecordKinds.All.Select(terms => DescriptorOf(terms).Name).Order());
        Assert.All(RecordKinds.All, terms => Assert.Equal($"{terms.Kind}Record", DescriptorOf(terms).Name));
    }

    [Fact]
    public void HasHistory_WhatFollowsFromTheEntries_KeepsNone() =>
        Assert.Equal(
            [
                RecordKind.DidChanges,
                RecordKind.Supply,
                RecordKind.Balance,
                RecordKind.Given,
                RecordKind.PilotFigures,
                RecordKind.PilotRefusals,
                RecordKind.PilotCounts,
            ],
            RecordKinds.All.Where(terms => !terms.HasHistory).Select(terms => terms.Kind)
        );

    [Fact]
    public void Find_ByteThatStandsForNone_IsNull()
    {
        HashSet<byte> letters = [.. Enum.GetValues<RecordKind>().Select(kind => (byte)kind)];
        for (int letter = 0; letter <= byte.MaxValue; letter++)
        {
            RecordKind kind = (RecordKind)letter;
            Assert.Equal(letters.Contains((byte)letter) ? kind : null, RecordKinds.Find(kind)?.Kind);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => RecordKinds.Of((RecordKind)1));
    }

    private static MessageDescriptor DescriptorOf(RecordKindTerms terms)
    {
        IMessage message = terms.Parser.ParseFrom(ByteString.Empty);
        return message.Descriptor;
    }
}
