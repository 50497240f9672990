using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs by which supervisors, and who else may, intervene; and of their orders.</summary>
internal static class SupervisionForms
{
    public static VerbForm[] All =>
        [
            VerbForm.Of<SetPlatformState>(static body => CheckAccount(body.Party, body.State, body.Order)),
            VerbForm.Of<SetSupervisorState>(static body => CheckAccount(body.Party, body.State, body.Order)),
            VerbForm.Of<PauseClass>(static body =>
                CheckId("class_id", body.ClassId) ?? CheckOrder(body.Order, lasts: true)
            ),
            VerbForm.Of<UnpauseClass>(static body =>
                CheckId("class_id", body.ClassId) ?? CheckOrder(body.Order, lasts: false)
            ),
            VerbForm.Of<FreezeToken>(static body =>
                CheckToken(body.ClassId, body.TokenId) ?? CheckOrder(body.Order, lasts: true)
            ),
            VerbForm.Of<UnfreezeToken>(static body =>
                CheckToken(body.ClassId, body.TokenId) ?? CheckOrder(body.Order, lasts: false)
            ),
            VerbForm.Of<ForcedTransfer>(Check),
            VerbForm.Of<ForcedBurn>(static body =>
                CheckToken(body.ClassId, body.TokenId) ?? CheckOrder(body.Order, lasts: false)
            ),
        ];

    /// <summary>The field <c>order</c>.</summary>
    /// <param name="order">The order.</param>
    /// <param name="lasts">Whether the measure lasts, so that it can begin later and end by itself.</param>
    public static string? CheckOrder(Order? order, bool lasts) =>
        order is null
            ? "order: is missing"
            : Within(
                "order",
                CheckValue("reason", order.Reason, SupervisionReason.CourtOrder, SupervisionReason.CauseRemoved)
                    ?? CheckReference("number", order.Number, Limits.OrderNumberLengthMax)
                    ?? CheckReference("legal_basis", order.LegalBasis, Limits.LegalBasisLengthMax)
                    ?? CheckTime("effective_from", order.EffectiveFrom)
                    ?? CheckTime("expires", order.Expires)
                    ?? (
                        !lasts && (order.EffectiveFrom != 0 || order.Expires != 0)
                            ? "expires: must be 0, and effective_from too, because the measure does not last"
                        : order.Expires != 0 && order.Expires <= order.EffectiveFrom
                            ? "expires: must be after effective_from"
                        : null
                    )
            );

    private static string? CheckReference(string field, string text, int lengthMax) =>
        TextSyntax.IsReference(text, lengthMax) ? null : $"{field}: {NotAReference}, up to {lengthMax}";

    private static string? CheckAccount(string party, AccountState state, Order? order) =>
        CheckDid("party", party)
        ?? CheckValue("state", state, AccountState.Active, AccountState.Frozen)
        ?? CheckOrder(order, lasts: state != AccountState.Active);

    private static string? Check(ForcedTransfer body) =>
        CheckToken(body.ClassId, body.TokenId)
        ?? CheckDid("from_did", body.FromDid)
        ?? CheckDid("to_did", body.ToDid)
        // It would lift a freeze and leave no trace of who got the token.
        ?? (body.FromDid == body.ToDid ? "to_did: is from_did" : null)
        ?? CheckOrder(body.Order, lasts: false);
}
