using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ledger.Node.Http;

/// <summary>
/// The mark of connections to the HTTP port. Both ports belong to one server: by it, neither answers what the other is for.
/// </summary>
internal sealed class HttpPort
{
    private static readonly HttpPort Mark = new();

    private HttpPort() { }

    /// <summary>Marks the connections to an address.</summary>
    public static void Use(ListenOptions listen) =>
        listen.Use(next =>
            connection =>
            {
                connection.Features.Set(Mark);
                return next(connection);
            }
        );

    /// <summary>Whether a request came to the HTTP port. Features of a connection are those of its requests too.</summary>
    public static bool Is(HttpContext context) => context.Features.Get<HttpPort>() is not null;
}
