namespace Ledger.Store;

/// <summary>A checkpoint that was published, as it is stored with the batch after it.</summary>
/// <param name="Size">Entries that it covers.</param>
/// <param name="Note">The signed note.</param>
internal readonly record struct StoredCheckpoint(long Size, ReadOnlyMemory<byte> Note);

/// <summary>A full tile, as it is stored.</summary>
/// <param name="Level">Its level, from 0.</param>
/// <param name="Number">Its number within the level, from 0.</param>
/// <param name="Hashes">Its lowest row: <see cref="StoreKeys.TileBytes"/> bytes.</param>
internal readonly record struct StoredTile(int Level, long Number, ReadOnlyMemory<byte> Hashes);
