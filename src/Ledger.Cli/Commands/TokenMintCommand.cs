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
        List<Operation> operations = [.. Build(line, classId, owner)];
        List<ProvenEntry> entries = await signing.Output.WithProgressAsync(
            "Minting batches",
            async progress =>
            {
                List<ProvenEntry> done = [];
                foreach (Operation operation in operations)
                {
                    try
                    {
                        done.Add(await signing.SubmitAsync(operation, stop));
                    }
                    catch (RefusedException) when (done.Count > 0)
                    {
                        signing.Output.Warn(
                            $"{done.Count} of {operations.Count} batches were minted before this one was refused."
                        );
                        throw;
                    }

                    progress(done.Count, operations.Count);
                }

                return done;
            }
        );
        string[] named = [.. operations.SelectMany(TokenIds)];
        JsonObject fields = new()
        {
            ["class"] = classId,
            ["owner"] = owner,
            ["count"] = named.Length,
            ["tokens"] = Array.TrueForAll(named, static id => id.Length > 0)
                ? Fields.List(named.Select(Fields.Text))
                : entries.Count == 1 && Array.TrueForAll(named, static id => id.Length == 0)
                    ? await FindNumbersAsync(signing, classId, named.Length, entries[0], stop)
                : null,
            ["entries"] = Fields.List(entries.Select(static entry => (JsonNode)JsonValue.Create(entry.Index))),
        };
        return (fields, entries[^1]);
    }

    private IEnumerable<Operation> Build(ParseResult line, string classId, string owner)
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
            return [new Operation { Mint = mint }];
        }

        List<MintItem> items = file is null
            ? [.. Enumerable.Repeat(new MintItem(), count!.Value)]
            : [.. File.ReadLines(file).Where(static l => l.Trim().Length > 0).Select(ParseItem)];
        return items.Count > 0
            ? Batches(items)
                .Select(batch => new Operation
                {
                    BatchMint = new BatchMint
                    {
                        ClassId = classId,
                        Owner = owner,
                        Items = { batch },
                    },
                })
            : throw CommandFailure.Usage($"{file} names no token.");
    }

    // As many as an operation takes, by number and by bytes.
    private static IEnumerable<List<MintItem>> Batches(List<MintItem> items)
    {
        List<MintItem> batch = [];
        int bytes = 0;
        foreach (MintItem item in items)
        {
            int itemBytes = item.CalculateSize() + 4;
            if (batch.Count == Limits.MintItemsMax || (batch.Count > 0 && bytes + itemBytes > BatchBytesMax))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(item);
            bytes += itemBytes;
        }

        yield return batch;
    }

    // An automatic number is in no receipt: it is looked for among the newest numbers of the class.
    private static async Task<JsonArray?> FindNumbersAsync(
        Signing signing,
        string classId,
        int count,
        ProvenEntry last,
        CancellationToken stop
    )
    {
        LedgerClient client = await signing.ClientAsync();
        return await client.FindMintedNumbersAsync(classId, last.Index, count, stop) is { } numbers
            ? Fields.List(
                numbers.Select(static number => Fields.Text(number.ToString(CultureInfo.InvariantCulture)))
            )
            : null;
    }

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

    private static MintItem ParseItem(string text)
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
            : throw CommandFailure.Usage($"'{text}' is not ID or ID,SHA256,MEDIA-TYPE,SIZE,URI.");
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
