using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>Logs with more in them than fits between a node and a caller who does not read.</summary>
internal static class Large
{
    private const int OperationBytes = 50_000;

    /// <summary>Records so many megabytes: mints that the rules refuse, and large all the same.</summary>
    public static async Task Fill(Scene scene, int megabytes)
    {
        SignedOperation[] operations =
        [
            .. Enumerable
                .Range(0, megabytes * 1_000_000 / OperationBytes)
                .Select(_ =>
                    scene.Holder.Sign(
                        new Operation
                        {
                            BatchMint = new BatchMint
                            {
                                ClassId = Scene.Class,
                                Owner = scene.Holder.Did,
                                Items =
                                {
                                    Enumerable
                                        .Range(0, OperationBytes / 68)
                                        .Select(i => new MintItem { TokenId = $"{i:d64}" }),
                                },
                            },
                        }
                    )
                ),
        ];
        foreach (SignedOperation[] part in operations.Chunk(60))
        {
            SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(
                new SubmitBatchRequest { Operations = { part } }
            );
            Assert.All(response.Results, r => Assert.Equal(ReasonCode.NotAuthorised, r.Reason));
        }
    }
}
