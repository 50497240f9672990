using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// One kind of operation, and all that is known of it without state: its option in proto/ledger/v1/operation.proto, the form
/// of its body, and where it names DIDs. <see cref="All"/> is the one table of verbs: what differs from verb to verb is asked
/// of it, and a verb that lacks something stops the program before the first operation.
/// </summary>
public sealed class Verb
{
    private const string SubjectField = "did";
    private const string ClassField = "class_id";
    private const string PilotField = "pilot_id";
    private const string PolicyField = "policy_id";

    private static readonly OneofDescriptor Bodies = Operation.Descriptor.Oneofs.Single(static o => o.Name == "body");

    // Of the fields around the body: the actor.
    private static readonly DidFields EnvelopeDids = DidFields.Of(
        Operation.Descriptor.Fields.InDeclarationOrder().Where(static field => field.ContainingOneof != Bodies)
    );

    /// <summary>Every verb, in the order of the protocol.</summary>
    public static IReadOnlyList<Verb> All { get; } = [.. Bodies.Fields.Select(static field => new Verb(field))];

    private static readonly Verb?[] ByCase = Tabulate();

    private readonly FieldDescriptor _field;
    private readonly VerbForm _form;
    private readonly FieldDescriptor? _document;
    private readonly FieldDescriptor? _subject;
    private readonly FieldDescriptor? _class;
    private readonly FieldDescriptor? _pilot;
    private readonly FieldDescriptor? _policy;
    private readonly DidFields _dids;

    private Verb(FieldDescriptor field)
    {
        VerbOptions options = field.GetOptions()?.GetExtension(OptionsExtensions.Verb) ?? new VerbOptions();
        Case = (Operation.BodyOneofCase)field.FieldNumber;
        Name = field.Name;
        Purpose = options.Purpose;
        CreatesActor = options.CreatesActor;
        IsByRecoveryKey = options.ByRecoveryKey;
        CountsToQuota = options.CountsToQuota;
        IsGroup = options.IsGroup;
        if (Purpose == KeyPurpose.Unspecified != IsByRecoveryKey)
        {
            throw new InvalidOperationException($"{field.FullName} lacks the option (ledger.v1.verb), or its purpose.");
        }
        _field = field;
        _form =
            Array.Find(OperationForm.Bodies, form => form.Body == field.MessageType)
            ?? throw new InvalidOperationException($"{field.FullName} lacks its form, see {nameof(OperationForm)}.");
        if (CreatesActor)
        {
            _document = field
                .MessageType.Fields.InDeclarationOrder()
                .Single(static f => f.FieldType == FieldType.Message && f.MessageType == DidDocument.Descriptor);
        }
        _subject = field.MessageType.FindFieldByName(SubjectField);
        _class = field.MessageType.FindFieldByName(ClassField);
        _pilot = field.MessageType.FindFieldByName(PilotField);
        _policy = field.MessageType.FindFieldByName(PolicyField);
        _dids = DidFields.Of(field.MessageType.Fields.InDeclarationOrder());
    }

    /// <summary>Which body of an operation it is; the number is that of the field.</summary>
    public Operation.BodyOneofCase Case { get; }

    /// <summary>Its name in the protocol, for example <c>create_did</c>.</summary>
    public string Name { get; }

    /// <summary>Type of its body.</summary>
    public MessageDescriptor Body => _field.MessageType;

    /// <summary>
    /// What a key must be meant for to sign the operation: changing DIDs is one thing, asserting another. Unspecified when
    /// recovery keys sign it.
    /// </summary>
    public KeyPurpose Purpose { get; }

    /// <summary>Whether recovery keys of the DID that acts sign the operation, and not keys of its document.</summary>
    public bool IsByRecoveryKey { get; }

    /// <summary>Whether the operation counts to the quota of the DID that it changes.</summary>
    public bool CountsToQuota { get; }

    /// <summary>Whether the operation creates the DID that acts: then its keys are in the operation itself.</summary>
    public bool CreatesActor { get; }

    /// <summary>Whether the operation is a group of others.</summary>
    public bool IsGroup { get; }

    /// <summary>Whether the operation can be a step of a group: it is signed as groups are, and is none itself.</summary>
    public bool CanBeStep => Purpose == KeyPurpose.AssertionMethod && !IsGroup && !CreatesActor;

    /// <summary>The verb of an operation.</summary>
    /// <param name="operation">An operation with a body.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has none.</exception>
    public static Verb Of(Operation operation) => Of(operation.BodyCase);

    /// <summary>The verb of a body.</summary>
    /// <param name="body">Any case but <see cref="Operation.BodyOneofCase.None"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No verb has this number.</exception>
    public static Verb Of(Operation.BodyOneofCase body) =>
        ((uint)body < (uint)ByCase.Length ? ByCase[(int)body] : null)
        ?? throw new ArgumentOutOfRangeException(nameof(body), body, "No verb has this number.");

    /// <summary>The body of an operation.</summary>
    /// <param name="operation">An operation of this verb.</param>
    /// <exception cref="ArgumentException">It is of another verb.</exception>
    public IMessage BodyOf(Operation operation) =>
        (IMessage?)_field.Accessor.GetValue(operation)
        ?? throw new ArgumentException($"The operation is no {Name}.", nameof(operation));

    /// <summary>The document by which an operation that creates the DID that acts brings its keys.</summary>
    /// <param name="operation">An operation of this verb.</param>
    /// <returns>Null when the verb creates no actor, or when the operation lacks the document, which its form forbids.</returns>
    public DidDocument? DocumentOf(Operation operation) =>
        (DidDocument?)_document?.Accessor.GetValue(BodyOf(operation));

    /// <summary>The DID that an operation changes: that of the field <c>did</c> of its body.</summary>
    /// <param name="operation">An operation of this verb.</param>
    /// <returns>Null when the verb changes no DID that exists.</returns>
    public string? SubjectOf(Operation operation) => (string?)_subject?.Accessor.GetValue(BodyOf(operation));

    /// <summary>The class that an operation names in the field <c>class_id</c> of its body; empty when it names none.</summary>
    /// <param name="operation">An operation of this verb.</param>
    public string ClassOf(Operation operation) => TextOf(_class, operation);

    /// <summary>The pilot that an operation names in the field <c>pilot_id</c> of its body; empty when it names none.</summary>
    /// <param name="operation">An operation of this verb.</param>
    public string PilotOf(Operation operation) => TextOf(_pilot, operation);

    /// <summary>The policy that an operation names in the field <c>policy_id</c> of its body; empty when it names none.</summary>
    /// <param name="operation">An operation of this verb.</param>
    public string PolicyOf(Operation operation) => TextOf(_policy, operation);

    private string TextOf(FieldDescriptor? field, Operation operation) =>
        (string?)field?.Accessor.GetValue(BodyOf(operation)) ?? "";

    /// <summary>Finds the first DID in an operation that is of another network: in the body first, then around it.</summary>
    /// <param name="operation">An operation of this verb that is right in form.</param>
    /// <param name="network">The ledger's network.</param>
    /// <returns>Null when there is none; otherwise its path, for example <c>update_did.document.controllers[0]</c>.</returns>
    public string? FindForeignDid(Operation operation, string network) =>
        FieldForms.Within(Name, _dids.FindForeign(BodyOf(operation), network))
        ?? EnvelopeDids.FindForeign(operation, network);

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    /// <summary>Finds the first field of the body that is missing or out of its range.</summary>
    internal string? FindProblem(Operation operation) => FieldForms.Within(Name, _form.FindProblem(BodyOf(operation)));

    private static Verb?[] Tabulate()
    {
        Verb?[] verbs = new Verb?[All.Max(static verb => (int)verb.Case) + 1];
        foreach (Verb verb in All)
        {
            verbs[(int)verb.Case] = verb;
        }
        return verbs;
    }
}
