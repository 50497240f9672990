using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>Keeps a handle open until disposed, so that no other thread can free it during a call.</summary>
internal readonly ref struct Lease : IDisposable
{
    private readonly SafeHandle? _handle;

    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    internal Lease(SafeHandle handle)
    {
        bool taken = false;
        handle.DangerousAddRef(ref taken);
        _handle = handle;
        Pointer = handle.DangerousGetHandle();
    }

    internal nint Pointer { get; }

    public void Dispose() => _handle?.DangerousRelease();
}

/// <summary>Owns one native object that stands alone.</summary>
internal abstract class OwnedHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

/// <summary>
/// Owns one native object that uses others. Those stay open until this one is destroyed, in whatever order their owners
/// dispose them or the garbage collector finds them.
/// </summary>
internal abstract class DependentHandle : SafeHandle
{
    private readonly SafeHandle[] _needs;
    private int _leased;

    /// <exception cref="ObjectDisposedException">One of <paramref name="needs"/> is closed.</exception>
    protected DependentHandle(params ReadOnlySpan<SafeHandle?> needs)
        : base(0, ownsHandle: true)
    {
        _needs = new SafeHandle[needs.Length];
        try
        {
            foreach (SafeHandle? need in needs)
            {
                if (need is not null)
                {
                    bool taken = false;
                    need.DangerousAddRef(ref taken);
                    _needs[_leased++] = need;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            Dispose();
            throw;
        }
    }

    // Never invalid: whatever was leased has to be released, even when the native object could not be made.
    public override bool IsInvalid => false;

    protected abstract void Destroy();

    protected sealed override bool ReleaseHandle()
    {
        if (handle != 0)
        {
            Destroy();
        }

        while (_leased > 0)
        {
            _needs[--_leased].DangerousRelease();
        }

        return true;
    }
}

/// <summary>
/// An open database with the handles of its column families. All of them are closed together, when the owner and all
/// that depends on the database have let go, so that a lease on the database is one on its column families too.
/// </summary>
internal sealed class DbSafeHandle : OwnedHandle
{
    private readonly nint[] _families;

    internal DbSafeHandle(nint db, nint[] families)
    {
        _families = families;
        SetHandle(db);
    }

    protected override bool ReleaseHandle()
    {
        foreach (nint family in _families)
        {
            Native.rocksdb_column_family_handle_destroy(family);
        }

        Native.rocksdb_close(handle);
        return true;
    }
}

internal sealed class SnapshotSafeHandle : DependentHandle
{
    private readonly DbSafeHandle _db;

    internal SnapshotSafeHandle(DbSafeHandle db)
        : base(db)
    {
        _db = db;
        SetHandle(Native.rocksdb_create_snapshot(db));
    }

    protected override void Destroy() => Native.rocksdb_release_snapshot(_db.DangerousGetHandle(), handle);
}

/// <summary>An iterator points into its read options, where the bounds live, so it holds them too.</summary>
internal sealed class IteratorSafeHandle : DependentHandle
{
    private readonly ReadOptionsSafeHandle _options;

    internal IteratorSafeHandle(
        DbSafeHandle db,
        nint family,
        ReadOptionsSafeHandle options,
        SnapshotSafeHandle? snapshot
    )
        : base(db, options, snapshot)
    {
        _options = options;
        SetHandle(Native.rocksdb_create_iterator_cf(db, options, family));
        options.IteratorOpened();
    }

    protected override void Destroy()
    {
        Native.rocksdb_iter_destroy(handle);
        _options.IteratorClosed();
    }
}

internal sealed class CheckpointSafeHandle : DependentHandle
{
    internal CheckpointSafeHandle(DbSafeHandle db)
        : base(db)
    {
        SetHandle(Native.rocksdb_checkpoint_object_create(db, out nint error));
        if (error != 0)
        {
            Dispose();
            RocksDbException.ThrowIfError(error);
        }
    }

    protected override void Destroy() => Native.rocksdb_checkpoint_object_destroy(handle);
}

internal sealed class WriteBatchSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_writebatch_destroy(handle);
        return true;
    }
}

/// <summary>Read options and the bytes of their bounds, which RocksDB refers to and does not copy.</summary>
internal sealed unsafe class ReadOptionsSafeHandle : OwnedHandle
{
    private byte* _lowerBound;
    private byte* _upperBound;
    private int _openIterators;

    internal void IteratorOpened() => Interlocked.Increment(ref _openIterators);

    internal void IteratorClosed() => Interlocked.Decrement(ref _openIterators);

    internal void SetLowerBound(ReadOnlySpan<byte> key)
    {
        byte* bound = Copy(key);
        Native.rocksdb_readoptions_set_iterate_lower_bound(this, bound, (nuint)key.Length);
        NativeMemory.Free(_lowerBound);
        _lowerBound = bound;
    }

    internal void SetUpperBound(ReadOnlySpan<byte> key)
    {
        byte* bound = Copy(key);
        Native.rocksdb_readoptions_set_iterate_upper_bound(this, bound, (nuint)key.Length);
        NativeMemory.Free(_upperBound);
        _upperBound = bound;
    }

    protected override bool ReleaseHandle()
    {
        Native.rocksdb_readoptions_destroy(handle);
        NativeMemory.Free(_lowerBound);
        NativeMemory.Free(_upperBound);
        return true;
    }

    // Never null, even for no bytes: a null key would take the bound away.
    private byte* Copy(ReadOnlySpan<byte> key)
    {
        if (Volatile.Read(ref _openIterators) != 0)
        {
            throw new InvalidOperationException(
                "The bounds of these read options are in use by an open iterator. Dispose it first, or use other options."
            );
        }

        byte* copy = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, key.Length));
        key.CopyTo(new Span<byte>(copy, key.Length));
        return copy;
    }
}

internal sealed class WriteOptionsSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_writeoptions_destroy(handle);
        return true;
    }
}

internal sealed class FlushOptionsSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_flushoptions_destroy(handle);
        return true;
    }
}

internal sealed class OptionsSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_options_destroy(handle);
        return true;
    }
}

internal sealed class TableOptionsSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_block_based_options_destroy(handle);
        return true;
    }
}

internal sealed class FilterPolicySafeHandle : OwnedHandle
{
    /// <summary>Gives the policy away: RocksDB frees it from now on. Zero when it was given away before.</summary>
    internal nint Detach()
    {
        nint policy = Interlocked.Exchange(ref handle, 0);
        SetHandleAsInvalid();
        return policy;
    }

    protected override bool ReleaseHandle()
    {
        Native.rocksdb_filterpolicy_destroy(handle);
        return true;
    }
}

/// <summary>A share in a cache; tables that use the cache hold shares of their own.</summary>
internal sealed class CacheSafeHandle : OwnedHandle
{
    protected override bool ReleaseHandle()
    {
        Native.rocksdb_cache_destroy(handle);
        return true;
    }
}
