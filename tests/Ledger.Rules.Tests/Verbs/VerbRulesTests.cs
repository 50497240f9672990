using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Rules.Tests.Verbs;

public sealed class VerbRulesTests
{
    private static readonly IReadOnlyList<FieldDescriptor> Bodies = [.. Operation.Descriptor.Oneofs.Single().Fields];

    [Fact]
    public void All_EveryBodyOfAnOperation_HasItsRule()
    {
        Assert.NotEmpty(Bodies);
        Assert.Equal(Bodies.Select(field => field.Name), VerbRules.All.Select(rule => rule.Verb.Name));
        foreach (FieldDescriptor body in Bodies)
        {
            VerbRule rule = VerbRules.Of(Verb.Of((Operation.BodyOneofCase)body.FieldNumber));
            Assert.Equal(body.MessageType, rule.Verb.Body);
        }
    }

    [Fact]
    public void All_VerbThatNeedsNoParty_AsksForARelation() =>
        Assert.All(
            VerbRules.All,
            rule =>
                Assert.True(rule.Verb.IsGroup || rule.Permission.Roles is not null || rule.Permission.Relations != 0)
        );

    [Fact]
    public void RowsOf_BatchMint_GrowsWithItsTokens()
    {
        int Rows(int tokens)
        {
            BatchMint body = new();
            for (int i = 0; i < tokens; i++)
            {
                body.Items.Add(new MintItem());
            }

            Operation operation = new() { BatchMint = body };
            return VerbRules.Of(Verb.Of(operation)).RowsOf(operation);
        }

        // The token itself, the list of its class, the list of its owner.
        Assert.Equal(3, Rows(1));
        Assert.Equal(3_000, Rows(1_000));
    }

    [Fact]
    public void RowsOf_Group_IsThoseOfItsSteps()
    {
        Operation mint = new() { BatchMint = new BatchMint { Items = { new MintItem(), new MintItem() } } };
        Operation group = new() { Group = new Group { Steps = { mint, mint } } };
        Assert.Equal(12, VerbRules.Of(Verb.Of(group)).RowsOf(group));
    }

    [Fact]
    public void RowsOf_OtherVerbs_IsAFew()
    {
        foreach (
            FieldDescriptor body in Bodies.Where(field =>
                field.MessageType != BatchMint.Descriptor && field.MessageType != Group.Descriptor
            )
        )
        {
            Operation operation = new();
            body.Accessor.SetValue(operation, Activator.CreateInstance(body.MessageType.ClrType));
            Assert.InRange(VerbRules.Of(Verb.Of(operation)).RowsOf(operation), 1, 8);
        }
    }

    [Fact]
    public void RowsOf_AnotherVerbsOperation_IsABug()
    {
        VerbRule mint = VerbRules.Of(Verb.Of(Operation.BodyOneofCase.Mint));
        Assert.Throws<ArgumentException>(() => mint.RowsOf(new Operation { Burn = new Burn() }));
    }
}
