using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Ledger.Protocol;

/// <summary>The documented range of every field of a verb's body.</summary>
internal sealed class VerbForm
{
    private VerbForm(MessageDescriptor body, Func<IMessage, string?> findProblem)
    {
        Body = body;
        FindProblem = findProblem;
    }

    /// <summary>The kind of body: it says which verb this is the form of.</summary>
    public MessageDescriptor Body { get; }

    /// <summary>Null, or the path of the first field that is wrong and what is wrong with it.</summary>
    public Func<IMessage, string?> FindProblem { get; }

    /// <summary>The form of the verb whose body is a <typeparamref name="T"/>.</summary>
    public static VerbForm Of<T>(Func<T, string?> findProblem)
        where T : class, IMessage<T>, new() => new(new T().Descriptor, body => findProblem((T)body));
}
