using System.Globalization;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>Classes and tokens.</summary>
internal sealed partial class RegistryModel
{
    private const ulong NumberMax = 1_000_000_000_000;

    /// <summary>Judges a rule of a policy, which has a reference of its own, by what the model knows.</summary>
    public required Func<
        PolicyRule,
        ClassRecord,
        PilotRecord,
        TokenRecord,
        string,
        (bool Holds, string FailedRule, ulong RetryAtMs)
    > Policy { get; init; }

    private ReasonCode Do(CreateClass body)
    {
        if (!ActorIs((body.PilotId, ""), Role.Issuer))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Pilot(body.PilotId) is not { } pilot)
        {
            return ReasonCode.PilotNotFound;
        }

        if (StateOf(pilot) != PilotState.Running)
        {
            return ReasonCode.PilotNotRunning;
        }

        if (Class(body.Id) is not null)
        {
            return ReasonCode.ClassExists;
        }

        if (body.PolicyId.Length != 0)
        {
            if (Find<PolicyRecord>($"Policy {body.PolicyId}") is not { } policy)
            {
                return ReasonCode.PolicyNotFound;
            }

            if (policy.PilotId != pilot.Id)
            {
                return ReasonCode.OtherPilot;
            }
        }

        Put(
            $"Class {body.Id}",
            new ClassRecord
            {
                Id = body.Id,
                PilotId = body.PilotId,
                Issuer = _actor,
                Name = body.Name,
                Category = body.Category,
                MaxSupply = body.MaxSupply,
                Transferability = body.Transferability,
                BurnAuthority = body.BurnAuthority,
                MetadataMutability = body.MetadataMutability,
                ReceiverConsent = body.ReceiverConsent,
                Powers = { body.Powers },
                PolicyId = body.PolicyId,
            }
        );
        return ReasonCode.Applied;
    }

    private ClassRecord? Class(string id) => Find<ClassRecord>($"Class {id}");

    private TokenRecord? Token(string classId, string tokenId) => Find<TokenRecord>($"Token {classId}/{tokenId}");

    private void Put(TokenRecord token) => Put($"Token {token.ClassId}/{token.TokenId}", token);

    private static (string PilotId, string ClassId) ScopeOf(ClassRecord c) => (c.PilotId, c.Id);

    // Who defined the class and is an issuer still, or was granted ISSUER for this very class.
    private bool ActorIssues(ClassRecord c) =>
        c.Issuer == _actor
            ? ActorIs(ScopeOf(c), Role.Issuer)
            : Admitted(_actor) is { } party
                && Held($"Grants {_actor}/c:{c.Id}", party).Any(it => it.Role == Role.Issuer);

    // The first of several judgements that is not APPLIED; those after it are not asked.
    private static ReasonCode First(params Func<ReasonCode>[] judgements)
    {
        foreach (Func<ReasonCode> judgement in judgements)
        {
            if (judgement() is var outcome && outcome != ReasonCode.Applied)
            {
                return outcome;
            }
        }

        return ReasonCode.Applied;
    }

    private static ReasonCode Require(bool holds, ReasonCode otherwise) => holds ? ReasonCode.Applied : otherwise;

    private ReasonCode Do(PauseClass body)
    {
        ClassRecord? before = Class(body.ClassId);
        bool supervisor = ActorIs(before is null ? WholeLedger : ScopeOf(before), Role.Supervisor);
        bool issuer = ActorIs(before is null ? WholeLedger : ScopeOf(before), Role.Issuer);
        ReasonCode outcome = First(
            () => Require(supervisor || issuer, ReasonCode.NotAuthorised),
            () => Require(before is not null, ReasonCode.ClassNotFound),
            () => Require(supervisor || ActorIssues(before!), ReasonCode.NotAuthorised),
            () => Require(before!.Powers.Contains(ClassPower.Pause), ReasonCode.PowerNotDeclared),
            () => Require(!IsOrdered(before!.Pause), ReasonCode.AlreadyPaused),
            () => Require(!IsOver(body.Order), ReasonCode.AlreadyExpired)
        );
        if (outcome == ReasonCode.Applied)
        {
            ClassRecord paused = before!.Clone();
            paused.Pause = HoldOf(body.Order);
            Put($"Class {paused.Id}", paused);
            Record(SupervisoryActionKind.PauseClass, body.Order, classId: paused.Id);
        }

        return outcome;
    }

    private ReasonCode Do(UnpauseClass body)
    {
        ClassRecord? before = Class(body.ClassId);
        bool supervisor = ActorIs(before is null ? WholeLedger : ScopeOf(before), Role.Supervisor);
        bool issuer = ActorIs(before is null ? WholeLedger : ScopeOf(before), Role.Issuer);
        ReasonCode outcome = First(
            () => Require(supervisor || issuer, ReasonCode.NotAuthorised),
            () => Require(before is not null, ReasonCode.ClassNotFound),
            () => Require(supervisor || ActorIssues(before!), ReasonCode.NotAuthorised),
            () => Require(IsOrdered(before!.Pause), ReasonCode.ClassNotPaused),
            () => Require(supervisor || before!.Pause.By == _actor, ReasonCode.NotAuthorised)
        );
        if (outcome == ReasonCode.Applied)
        {
            ClassRecord resumed = before!.Clone();
            resumed.Pause = null;
            Put($"Class {resumed.Id}", resumed);
            Record(SupervisoryActionKind.UnpauseClass, body.Order, classId: resumed.Id);
        }

        return outcome;
    }

    private ReasonCode IsNotPaused(ClassRecord c) => Require(!InForce(c.Pause), ReasonCode.ClassPaused);

    private ReasonCode IsRunning(ClassRecord c) =>
        Require(StateOf(Pilot(c.PilotId)!) == PilotState.Running, ReasonCode.PilotNotRunning);

    private static ReasonCode IsAlive(TokenRecord? token) =>
        token is null ? ReasonCode.TokenNotFound
        : token.State == TokenState.Burned ? ReasonCode.TokenBurned
        : ReasonCode.Applied;

    private static bool IsLocked(TokenRecord token) => token.Lock is LockState.Locked or LockState.Exported;

    // Neither frozen nor locked.
    private ReasonCode IsFree(TokenRecord token) =>
        InForce(token.Freeze) ? ReasonCode.TokenFrozen
        : IsLocked(token) ? ReasonCode.TokenLocked
        : ReasonCode.Applied;

    private bool IsOperator(string owner, string classId, string did) =>
        Find<OperatorRecord>($"Operator {owner}/{classId}/{did}") is { Approved: true } it && Lasts(it.Expires);

    private bool IsApproved(TokenRecord token, string did) => token.Approved == did && Lasts(token.ApprovedUntil);

    // Owner, who is approved for the token, or an operator of the owner.
    private bool MayGive(TokenRecord token) =>
        token.Owner == _actor || IsApproved(token, _actor) || IsOperator(token.Owner, token.ClassId, _actor);

    // Who acts for an owner acts no further than the owner could.
    private ReasonCode OwnerCanAct(TokenRecord token) =>
        token.Owner == _actor ? ReasonCode.Applied : AccountOf(token.Owner);

    // Whether somebody may be given something or be named for it.
    private ReasonCode CanReceive(string did) =>
        Admitted(did) is not { } party ? ReasonCode.ReceiverNotAdmitted
        : Deactivated.Contains(did) ? ReasonCode.ReceiverDeactivated
        : !IsCurrent(party) ? ReasonCode.ReceiverAdmissionEnded
        : StateOf(party) == AccountState.Frozen ? ReasonCode.ReceiverFrozen
        : ReasonCode.Applied;

    // Whether somebody may get a token of the class.
    private ReasonCode CanGet(ClassRecord c, string did)
    {
        PilotBoundary? boundary = Pilot(c.PilotId)!.Terms?.Boundary;
        return First(
            () => CanReceive(did),
            () =>
                Require(
                    (boundary?.Regions.Count ?? 0) == 0
                        || boundary!.Regions.Contains(Admitted(did)!.Attestation?.Region ?? ""),
                    ReasonCode.RegionNotAllowed
                ),
            () =>
                Require(
                    boundary is not { ParticipantsOnly: true } || StandingOf(c, did) == ParticipantState.Admitted,
                    ReasonCode.NotAParticipant
                )
        );
    }

    private ParticipantState StandingOf(ClassRecord c, string did) =>
        Find<ParticipantRecord>($"Participant {c.PilotId}/{did}")?.State ?? ParticipantState.Unspecified;

    private ReasonCode GiverTakesPart(ClassRecord c, string did) =>
        Require(StandingOf(c, did) != ParticipantState.Suspended, ReasonCode.NotAParticipant);

    private ReasonCode DayAllows(ClassRecord c)
    {
        ulong most = Pilot(c.PilotId)!.Terms?.Boundary?.MaxTransfersPerDay ?? 0;
        ulong today = (ulong)_given.Count(it => it.PilotId == c.PilotId && it.TimeMs / DayMs == _timeMs / DayMs);
        return Require(most == 0 || today < most, ReasonCode.TransfersPerDayExceeded);
    }

    private ReasonCode PolicyAllows(ClassRecord c, TokenRecord token, string receiver)
    {
        if (c.PolicyId.Length == 0)
        {
            return ReasonCode.Applied;
        }

        if (VersionInForce(Find<PolicyRecord>($"Policy {c.PolicyId}")!) is not { } version)
        {
            return ReasonCode.PolicyNotInForce;
        }

        _verdict.PolicyVersions.Add(version.Version);
        (bool holds, string failed, ulong retryAtMs) = Policy(version.Rule, c, Pilot(c.PilotId)!, token, receiver);
        if (!holds)
        {
            _verdict.FailedRule = failed;
            _verdict.RetryAtMs = retryAtMs;
        }

        return Require(holds, ReasonCode.PolicyRefused);
    }

    private static bool IsSoulbound(ClassRecord c) => c.Transferability == Transferability.Soulbound;

    // The number that a token without an identifier gets: after every number that was ever given.
    private ulong NextNumber(string classId) =>
        All<TokenRecord>()
            .Where(token => token.ClassId == classId)
            .Select(token => token.TokenId)
            .Where(id =>
                ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                && number <= NumberMax
                && number.ToString(CultureInfo.InvariantCulture) == id
            )
            .Select(id => ulong.Parse(id, CultureInfo.InvariantCulture) + 1)
            .Append(1UL)
            .Max();

    private ReasonCode Do(Mint body) =>
        MintAll(body.ClassId, body.Owner, [new MintItem { TokenId = body.TokenId, Content = body.Content }]);

    private ReasonCode Do(BatchMint body) => MintAll(body.ClassId, body.Owner, [.. body.Items]);

    private ReasonCode MintAll(string classId, string owner, MintItem[] items)
    {
        ClassRecord? found = Class(classId);
        if (!ActorIs(found is null ? WholeLedger : ScopeOf(found), Role.Issuer))
        {
            return ReasonCode.NotAuthorised;
        }

        if (found is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        ulong most = Pilot(c.PilotId)!.Terms?.Boundary?.MaxTokens ?? 0;
        ulong inPilot = (ulong)All<TokenRecord>().Count(token => Class(token.ClassId)!.PilotId == c.PilotId);
        ulong inClass = (ulong)All<TokenRecord>().Count(token => token.ClassId == c.Id);
        ReasonCode outcome = First(
            () => Require(ActorIssues(c), ReasonCode.NotAuthorised),
            () => IsRunning(c),
            () => IsNotPaused(c),
            () => Require(inClass + (ulong)items.Length <= c.MaxSupply, ReasonCode.SupplyExceeded),
            () => Require(most == 0 || inPilot + (ulong)items.Length <= most, ReasonCode.PilotTokensExceeded)
        );
        if (outcome != ReasonCode.Applied)
        {
            return outcome;
        }

        HashSet<string> inBatch = [];
        foreach (MintItem item in items)
        {
            string tokenId =
                item.TokenId.Length != 0 ? item.TokenId : NextNumber(c.Id).ToString(CultureInfo.InvariantCulture);
            if (!inBatch.Add(tokenId))
            {
                return ReasonCode.DuplicateInBatch;
            }

            if (Token(c.Id, tokenId) is { } there)
            {
                return there.State == TokenState.Burned ? ReasonCode.TokenBurned : ReasonCode.TokenExists;
            }

            Put(
                new TokenRecord
                {
                    ClassId = c.Id,
                    TokenId = tokenId,
                    Owner = owner,
                    Content = item.Content,
                    State = TokenState.Live,
                    MintedIndex = _index,
                    AcquiredMs = _timeMs,
                }
            );
        }

        return CanGet(c, owner);
    }

    // What an owner allowed others ends when a token changes hands; given to its owner again, it stays what it is.
    private TokenRecord GivenTo(TokenRecord before, string to)
    {
        TokenRecord token = before.Clone();
        token.Approved = "";
        token.ApprovedUntil = 0;
        if (to != before.Owner)
        {
            token.Owner = to;
            token.User = "";
            token.UserUntil = 0;
            token.Offer = null;
            if (token.Freeze is { UntilMs: not 0 } freeze && freeze.UntilMs < _timeMs)
            {
                token.Freeze = null; // it has ended; one that is ordered for later goes along
            }
            token.TransferredIndex = _index;
            token.AcquiredMs = _timeMs;
        }

        return token;
    }

    private void Give(ClassRecord c, TokenRecord before, string to)
    {
        Put(GivenTo(before, to));
        if (to != before.Owner)
        {
            _given.Add(new Given(c.Id, c.PilotId, before.Owner, _timeMs));
        }
    }

    // A gift is the owner's own.
    private ReasonCode CanBeGivenByActor(ClassRecord c, TokenRecord token) =>
        Require(token.Owner == _actor || c.Transferability == Transferability.Free, ReasonCode.NotTransferable);

    private ReasonCode Do(Transfer body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsRunning(c),
            () => IsNotPaused(c),
            () => DayAllows(c),
            () => IsAlive(found),
            () => Require(MayGive(found!), ReasonCode.NotAuthorised),
            () => Require(found!.Owner == body.FromDid, ReasonCode.IncorrectOwner),
            () => OwnerCanAct(found!),
            () => IsFree(found!),
            () => CanGet(c, body.ToDid),
            () => GiverTakesPart(c, found!.Owner),
            () => Require(!IsSoulbound(c), ReasonCode.NotTransferable),
            () =>
                Require(
                    c.ReceiverConsent != ReceiverConsent.Required || body.ToDid == found!.Owner,
                    ReasonCode.ConsentRequired
                ),
            () => CanBeGivenByActor(c, found!),
            () => PolicyAllows(c, found!, body.ToDid)
        );
        if (outcome == ReasonCode.Applied)
        {
            Give(c, found!, body.ToDid);
        }

        return outcome;
    }

    private ReasonCode Do(Burn body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsNotPaused(c),
            () => IsAlive(found),
            () =>
                Require(
                    c.BurnAuthority switch
                    {
                        BurnAuthority.Issuer => ActorIssues(c),
                        BurnAuthority.Owner => _actor == found!.Owner,
                        BurnAuthority.Both => ActorIssues(c) || _actor == found!.Owner,
                        _ => false,
                    },
                    ReasonCode.NotAuthorised
                ),
            () => IsFree(found!)
        );
        if (outcome == ReasonCode.Applied)
        {
            Put(Burned(found!));
        }

        return outcome;
    }

    private static TokenRecord Burned(TokenRecord before)
    {
        TokenRecord token = before.Clone();
        token.State = TokenState.Burned;
        token.Approved = "";
        token.ApprovedUntil = 0;
        token.User = "";
        token.UserUntil = 0;
        token.Offer = null;
        token.Freeze = null;
        return token;
    }

    private ReasonCode Do(OfferToken body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsRunning(c),
            () => IsNotPaused(c),
            () => IsAlive(found),
            () => Require(MayGive(found!), ReasonCode.NotAuthorised),
            () => OwnerCanAct(found!),
            () => IsFree(found!),
            () => CanGet(c, body.ToDid),
            () => GiverTakesPart(c, found!.Owner),
            () => Require(!IsSoulbound(c), ReasonCode.NotTransferable),
            () => CanBeGivenByActor(c, found!),
            () => Require(found!.Owner != body.ToDid, ReasonCode.SameOwner),
            () => Require(Lasts(body.Expires), ReasonCode.AlreadyExpired),
            () => Require(found!.Offer is null || !Lasts(found.Offer.Expires), ReasonCode.OfferExists)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Offer = new TokenOffer { ToDid = body.ToDid, Expires = body.Expires };
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(AcceptOffer body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsRunning(c),
            () => IsNotPaused(c),
            () => DayAllows(c),
            () => IsAlive(found),
            () => Require(found!.Offer is not null, ReasonCode.NoOffer),
            () => Require(found!.Offer.ToDid == _actor, ReasonCode.NotAuthorised),
            () => Require(Lasts(found!.Offer.Expires), ReasonCode.OfferExpired),
            () => Require(found!.Owner == body.FromDid, ReasonCode.IncorrectOwner),
            () => OwnerCanAct(found!),
            () => IsFree(found!),
            () => CanGet(c, _actor),
            () => GiverTakesPart(c, found!.Owner),
            () => Require(!IsSoulbound(c), ReasonCode.NotTransferable),
            () => PolicyAllows(c, found!, _actor)
        );
        if (outcome == ReasonCode.Applied)
        {
            Give(c, found!, _actor);
        }

        return outcome;
    }

    private ReasonCode Do(EndOffer body)
    {
        if (Class(body.ClassId) is null)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsAlive(found),
            () => Require(found!.Offer is not null, ReasonCode.NoOffer),
            () => Require(found!.Offer.ToDid == _actor || MayGive(found), ReasonCode.NotAuthorised)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Offer = null;
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(ApproveToken body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        // To take back is possible whatever became of the pilot.
        bool grants = body.Approved.Length != 0;
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => grants ? IsRunning(c) : ReasonCode.Applied,
            () => IsAlive(found),
            () => Require(found!.Owner == _actor || IsOperator(found.Owner, c.Id, _actor), ReasonCode.NotAuthorised),
            () => OwnerCanAct(found!),
            () => IsFree(found!),
            () => grants ? CanReceive(body.Approved) : ReasonCode.Applied,
            () => Require(found!.Owner != body.Approved, ReasonCode.SameOwner),
            () => Require(!grants || c.Transferability == Transferability.Free, ReasonCode.NotTransferable),
            () =>
                Require(found!.Approved != body.Approved || found.ApprovedUntil != body.Expires, ReasonCode.Unchanged),
            () => Require(Lasts(body.Expires), ReasonCode.AlreadyExpired)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Approved = body.Approved;
            token.ApprovedUntil = body.Expires;
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(SetOperator body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        OperatorRecord? before = Find<OperatorRecord>($"Operator {_actor}/{c.Id}/{body.Operator}");
        ReasonCode outcome = First(
            () => body.Approved ? IsRunning(c) : ReasonCode.Applied,
            () => body.Approved ? CanReceive(body.Operator) : ReasonCode.Applied,
            () => Require(!body.Approved || body.Operator != _actor, ReasonCode.SameOwner),
            () => Require(!body.Approved || c.Transferability == Transferability.Free, ReasonCode.NotTransferable),
            () =>
                Require(
                    (before?.Approved ?? false, before?.Expires ?? 0) != (body.Approved, body.Expires),
                    ReasonCode.Unchanged
                ),
            () => Require(Lasts(body.Expires), ReasonCode.AlreadyExpired)
        );
        if (outcome == ReasonCode.Applied)
        {
            Put(
                $"Operator {_actor}/{c.Id}/{body.Operator}",
                new OperatorRecord
                {
                    Owner = _actor,
                    ClassId = c.Id,
                    Operator = body.Operator,
                    Approved = body.Approved,
                    Expires = body.Expires,
                }
            );
        }

        return outcome;
    }

    private ReasonCode Do(AppendMetadata body) =>
        ChangeMetadata(
            body.ClassId,
            body.TokenId,
            token =>
            {
                token.Content = body.Content;
                token.ContentVersions++;
            }
        );

    private ReasonCode Do(FreezeMetadata body) =>
        ChangeMetadata(body.ClassId, body.TokenId, static token => token.ContentFrozen = true);

    private ReasonCode ChangeMetadata(string classId, string tokenId, Action<TokenRecord> change)
    {
        ClassRecord? c = Class(classId);
        TokenRecord? found = Token(classId, tokenId);
        ReasonCode outcome = First(
            () => Require(ActorIs(c is null ? WholeLedger : ScopeOf(c), Role.Issuer), ReasonCode.NotAuthorised),
            () => Require(c is not null, ReasonCode.ClassNotFound),
            () => Require(ActorIssues(c!), ReasonCode.NotAuthorised),
            () => IsRunning(c!),
            () => IsAlive(found),
            () => IsFree(found!),
            () =>
                Require(
                    c!.MetadataMutability == MetadataMutability.AppendVersion && !found!.ContentFrozen,
                    ReasonCode.MetadataFrozen
                )
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            change(token);
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(SetUser body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        bool grants = body.User.Length != 0;
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => grants ? IsRunning(c) : ReasonCode.Applied,
            () => IsAlive(found),
            () => Require(MayGive(found!), ReasonCode.NotAuthorised),
            () => OwnerCanAct(found!),
            () => IsFree(found!),
            () => Require(!grants || c.Powers.Contains(ClassPower.UserGrant), ReasonCode.PowerNotDeclared),
            () => grants ? CanReceive(body.User) : ReasonCode.Applied,
            () => Require(found!.User != body.User || found.UserUntil != body.Expires, ReasonCode.Unchanged),
            () => Require(Lasts(body.Expires), ReasonCode.AlreadyExpired)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.User = body.User;
            token.UserUntil = body.Expires;
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(LockToken body)
    {
        if (Class(body.ClassId) is not { } c)
        {
            return ReasonCode.ClassNotFound;
        }

        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => IsNotPaused(c),
            () => IsAlive(found),
            () => Require(found!.Owner == _actor, ReasonCode.NotAuthorised),
            () => IsFree(found!)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Lock = LockState.Locked;
            token.LockTarget = body.Target;
            token.Offer = null;
            Put(token);
        }

        return outcome;
    }

    private ReasonCode Do(SettleLock body)
    {
        ClassRecord? c = Class(body.ClassId);
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => Require(ActorIs(c is null ? WholeLedger : ScopeOf(c), Role.Issuer), ReasonCode.NotAuthorised),
            () => Require(c is not null, ReasonCode.ClassNotFound),
            () => Require(ActorIssues(c!), ReasonCode.NotAuthorised),
            () => IsAlive(found),
            () =>
                Require(
                    (found!.Lock, body.State)
                        is
                            (LockState.Locked, LockState.Exported or LockState.Failed)
                            or
                            (LockState.Exported, LockState.Returned),
                    ReasonCode.TokenNotLocked
                )
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Lock = body.State;
            Put(token);
        }

        return outcome;
    }

    // A supervisor's act on a token, of a class that has the power to it.
    private ReasonCode ForSupervisor(ClassRecord? c, ClassPower power, bool needsApproval)
    {
        (string, string) scope = c is null ? WholeLedger : ScopeOf(c);
        return First(
            () => Require(ActorIs(scope, Role.Supervisor), ReasonCode.NotAuthorised),
            () => needsApproval ? Approval(scope) : ReasonCode.Applied,
            () => Require(c is not null, ReasonCode.ClassNotFound),
            () => Require(c!.Powers.Contains(power), ReasonCode.PowerNotDeclared)
        );
    }

    private ReasonCode Do(FreezeToken body)
    {
        ClassRecord? c = Class(body.ClassId);
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => ForSupervisor(c, ClassPower.Freeze, needsApproval: false),
            () => IsAlive(found),
            () => Require(!IsOrdered(found!.Freeze), ReasonCode.AlreadyFrozen),
            () => Require(!IsOver(body.Order), ReasonCode.AlreadyExpired)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Freeze = HoldOf(body.Order);
            Put(token);
            Record(SupervisoryActionKind.FreezeToken, body.Order, classId: c!.Id, tokenId: token.TokenId);
        }

        return outcome;
    }

    private ReasonCode Do(UnfreezeToken body)
    {
        ClassRecord? c = Class(body.ClassId);
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => ForSupervisor(c, ClassPower.Freeze, needsApproval: false),
            () => IsAlive(found),
            () => Require(IsOrdered(found!.Freeze), ReasonCode.TokenNotFrozen)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = found!.Clone();
            token.Freeze = null;
            Put(token);
            Record(SupervisoryActionKind.UnfreezeToken, body.Order, classId: c!.Id, tokenId: token.TokenId);
        }

        return outcome;
    }

    private ReasonCode Do(ForcedTransfer body)
    {
        ClassRecord? c = Class(body.ClassId);
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => ForSupervisor(c, ClassPower.ForcedTransfer, needsApproval: true),
            () => IsNotPaused(c!),
            () => IsAlive(found),
            () => Require(found!.Owner == body.FromDid, ReasonCode.IncorrectOwner),
            () => Require(!IsLocked(found!), ReasonCode.TokenLocked),
            () => CanReceive(body.ToDid),
            () => Require(!AreOne(_actor, body.ToDid) && !AreOne(_op.Approver, body.ToDid), ReasonCode.SelfApproval),
            () => Require(!IsSoulbound(c!), ReasonCode.NotTransferable)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = GivenTo(found!, body.ToDid);
            Put(token);
            Record(SupervisoryActionKind.ForcedTransfer, body.Order, classId: c!.Id, tokenId: token.TokenId);
        }

        return outcome;
    }

    private ReasonCode Do(ForcedBurn body)
    {
        ClassRecord? c = Class(body.ClassId);
        TokenRecord? found = Token(body.ClassId, body.TokenId);
        ReasonCode outcome = First(
            () => ForSupervisor(c, ClassPower.ForcedBurn, needsApproval: true),
            () => IsNotPaused(c!),
            () => IsAlive(found),
            () => Require(!IsLocked(found!), ReasonCode.TokenLocked)
        );
        if (outcome == ReasonCode.Applied)
        {
            TokenRecord token = Burned(found!);
            Put(token);
            Record(SupervisoryActionKind.ForcedBurn, body.Order, classId: c!.Id, tokenId: token.TokenId);
        }

        return outcome;
    }
}
