using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Mints one token, or many in batches.</summary>
internal sealed class TokenMintCommand : SigningVerb
{
    // What a batch adds around its tokens stays well below the rest.
    private const int BatchBytesMax = Limits.OperationBytesMax - 4_096;
    private const byte Sha256Code = 0x12;

    private readonly Option<string> _class = new("--class")
    {
        Description = "Class of the tokens.",
        HelpName = "ID",
        Required = true,
    };

    private readonly Option<string> _owner = new("--owner")
    {
        Description = "DID of the first owner, an admitted party, or the name of its key.",
        HelpName = "DID",
        Required = true,
    };

    private readonly Option<string?> _tokenId = new("--token-id")
    {
        Description = "Identifier of the one token. Default: the next number of the class.",
        HelpName = "ID",
    };

    private readonly Option<string?> _content = new("--content")
    {
        Description = "File that the one token stands for. Its SHA-256 hash and size go on the ledger, never the file.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _mediaType = new("--media-type")
    {
        Description = "Media type of --content, for example image/png.",
        HelpName = "TYPE",
    };

    private readonly Option<string?> _uri = new("--uri")
    {
        Description = "Where --content may be found: a hint.",
        HelpName = "URI",
    };

    private readonly Option<int?> _count = new("--count")
    {
        Description = "Mint so many tokens, with the next numbers of the class.",
        HelpName = "COUNT",
    };

    private readonly Option<string?> _fromFile = new("--from-file")
    {
        Description =
            "Mint a token for each line of a file: ID, or ID,SHA256,MEDIA-TYPE,SIZE,URI. An empty ID means the next number; empty lines are skipped.",
        HelpName = "FILE",
    };

    public TokenMintCommand()
        : base(
            "mint",
            "Mint a token, or many for one owner.",
            "ledger token mint --class medals --owner bob --token-id gold-1 --content gold.png --media-type image/png --as museum",
            "ledger token mint --class medals --owner bob --count 250 --as museum"
        )
    {
        Remarks = "Many are minted in batches of up to 1,000, each of which is applied whole or not at all.";
        Add(_class);
        Add(_owner);
        Add(_tokenId);
        Add(_content);
        Add(_mediaType);
        Add(_uri);
        Add(_count);
        Add(_fromFile);
    }

    protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    )
    {
        string classId = line.GetRequiredValue(_class);
        string owner = signing.Keys.DidOf(line.GetRequiredValue(_owner));
        List<Batch> batches = [.. Build(line, classId, owner)];
        int count = batches.Sum(static batch => batch.Count);
        if (batches.Count > 1)
        {
            await RequireRoomAsync(signing, classId, count, stop);
        }

        List<ProvenEntry> entries = [];
        List<string>? tokens = [];
        await signing.Output.WithProgressAsync(
            "Minting batches",
            async progress =>
            {
                foreach (Batch batch in batches)
                {
                    signing.Progress = batches.Count == 1 ? "" : Tell(batches, entries, batch);
                    entries.Add(await signing.SubmitAsync(batch.Operation, stop));
                    signing.Progress = batches.Count == 1 ? "" : Tell(batches, entries, null);
                    tokens =
                        await NameAsync(signing, classId, batch, entries[^1], stop) is { } names && tokens is not null
                            ? [.. tokens, .. names]
                            : null;
                    progress(entries.Count, batches.Count);
                }

                return entries;
            }
        );
        JsonObject fields = new()
        {
            ["class"] = classId,
            ["owner"] = owner,
            ["count"] = count,
            ["tokens"] = tokens is null ? null : Fields.List(tokens.Select(Fields.Text)),
            ["entries"] = Fields.List(entries.Select(static entry => (JsonNode)JsonValue.Create(entry.Index))),
        };
        return (fields, entries[^1]);
    }

    // What is minted by one operation: tokens of --count or lines of --from-file, by their numbers from 1.
    private sealed record Batch(Operation Operation, string What, int First, int Last, int Count)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What} {First} to {Last}");
    }

    private static string Tell(List<Batch> batches, List<ProvenEntry> entries, Batch? underWay)
    {
        string minted = string.Join(", ", entries.Select((entry, i) => $"{batches[i]} in entry {entry.Index}"));
        string stopped = underWay is null ? "" : $" It stopped at {underWay} of {batches[^1].Last}.";
        return $"Minted: {(minted.Length == 0 ? "nothing" : minted)}.{stopped}";
    }

    // The first batches of too many would be minted before the ledger refuses the rest.
    private static async Task RequireRoomAsync(Signing signing, string classId, int count, CancellationToken stop)
    {
        LedgerClient client = await signing.ClientAsync();
        ulong supplyMax = (await client.GetClassAsync(classId, stop)).Record.MaxSupply;
        ulong room = supplyMax - Math.Min((await client.GetSupplyAsync(classId, stop)).Minted, supplyMax);
        if ((ulong)count > room)
        {
            throw CommandFailure.Refused(
                $"The class {classId} has room for {room} more tokens, by the node's word, and {count} were to be minted: none was."
            );
        }
    }

    private IEnumerable<Batch> Build(ParseResult line, string classId, string owner)
    {
        int? count = line.GetValue(_count);
        string? file = line.GetValue(_fromFile);
        string? tokenId = line.GetValue(_tokenId);
        string? content = line.GetValue(_content);
        if (
            (count is not null && file is not null)
            || ((count ?? (object?)file) is not null && (tokenId ?? content) is not null)
        )
        {
            throw CommandFailure.Usage("Give --count, or --from-file, or the options of one token.");
        }

        if (count < 1)
        {
            throw CommandFailure.Usage("--count is at least 1.");
        }

        if (count is null && file is null)
        {
            Mint mint = new()
            {
                ClassId = classId,
                Owner = owner,
                TokenId = tokenId ?? "",
                Content = content is null ? null : Describe(content, line),
            };
            return [new Batch(new Operation { Mint = mint }, "token", 1, 1, 1)];
        }

        List<(MintItem Item, int Number)> items = file is null
            ? [.. Enumerable.Range(1, count!.Value).Select(static number => (new MintItem(), number))]
            :
            [
                .. TextFile
                    .ReadLines(file)
                    .Select(static (text, i) => (Text: text, Number: i + 1))
                    .Where(static l => l.Text.Trim().Length > 0)
                    .Select(l => (ParseItem(l.Text, file, l.Number), l.Number)),
            ];
        return items.Count > 0
            ? Batches(items)
                .Select(batch => new Batch(
                    new Operation
                    {
                        BatchMint = new BatchMint
                        {
                            ClassId = classId,
                            Owner = owner,
                            Items = { batch.Select(static i => i.Item) },
                        },
                    },
                    file is null ? "tokens" : "lines",
                    batch[0].Number,
                    batch[^1].Number,
                    batch.Count
                ))
            : throw CommandFailure.Usage($"{file} names no token.");
    }

    // As many as an operation takes, by number and by bytes.
    private static IEnumerable<List<(MintItem Item, int Number)>> Batches(List<(MintItem Item, int Number)> items)
    {
        List<(MintItem Item, int Number)> batch = [];
        int bytes = 0;
        foreach ((MintItem item, int number) in items)
        {
            int itemBytes = item.CalculateSize() + 4;
            if (batch.Count == Limits.MintItemsMax || (batch.Count > 0 && bytes + itemBytes > BatchBytesMax))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add((item, number));
            bytes += itemBytes;
        }

        yield return batch;
    }

    // An automatic number is in no receipt: it is looked for among the newest numbers of the class. Tokens without a name got
    // theirs in the order in which they stand.
    private static async Task<IReadOnlyList<string>?> NameAsync(
        Signing signing,
        string classId,
        Batch batch,
        ProvenEntry entry,
        CancellationToken stop
    )
    {
        string[] named = [.. TokenIds(batch.Operation)];
        if (Array.TrueForAll(named, static id => id.Length > 0))
        {
            return named;
        }

        LedgerClient client = await signing.ClientAsync();
        int numbers = named.Count(static id => id.Length == 0 || IsNumber(id));
        if (await client.FindMintedNumbersAsync(classId, entry.Index, numbers, stop) is not { } found)
        {
            return null;
        }

        Queue<string> given = new(
            found.Select(static number => number.ToString(CultureInfo.InvariantCulture)).Except(named)
        );
        return [.. named.Select(id => id.Length > 0 ? id : given.Dequeue())];
    }

    // Spelled as an automatic number is.
    private static bool IsNumber(string id) =>
        id[0] != '0' && ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<string> TokenIds(Operation operation) =>
        operation.Mint is { } mint ? [mint.TokenId] : operation.BatchMint.Items.Select(static item => item.TokenId);

    private TokenContent Describe(string path, ParseResult line)
    {
        using FileStream file = File.OpenRead(path);
        return Content(
            SHA256.HashData(file),
            line.GetValue(_mediaType) ?? "application/octet-stream",
            (ulong)file.Length,
            line.GetValue(_uri) ?? ""
        );
    }

    private static MintItem ParseItem(string text, string file, int number)
    {
        string[] parts = text.Trim().Split(',', 5);
        if (parts.Length == 1)
        {
            return new MintItem { TokenId = parts[0] };
        }

        byte[] hash = new byte[Limits.HashBytes];
        return
            parts.Length >= 4
            && Convert.FromHexString(parts[1], hash, out _, out int bytes) == System.Buffers.OperationStatus.Done
            && bytes == hash.Length
            && ulong.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out ulong size)
            ? new MintItem
            {
                TokenId = parts[0],
                Content = Content(hash, parts[2], size, parts.ElementAtOrDefault(4) ?? ""),
            }
            : throw CommandFailure.Usage(
                $"{file}, line {number}: '{text}' is not ID or ID,SHA256,MEDIA-TYPE,SIZE,URI."
            );
    }

    private static TokenContent Content(byte[] sha256, string mediaType, ulong size, string uri) =>
        new()
        {
            Multihash = ByteString.CopyFrom([Sha256Code, (byte)sha256.Length, .. sha256]),
            MediaType = mediaType,
            Size = size,
            Uri = uri,
        };
}
