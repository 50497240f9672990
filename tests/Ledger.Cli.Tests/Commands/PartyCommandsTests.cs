using System.Security.Cryptography;

namespace Ledger.Cli.Tests.Commands;

public class PartyCommandsTests(FoundedLedger ledger)
{
    // docs/formats.md, "Credential commitment".
    [Fact]
    public async Task Admit_ByACredential_CommitsToItUnderTheSaltThatIsPrinted()
    {
        byte[] credential = RandomNumberGenerator.GetBytes(100);
        File.WriteAllBytes(ledger.Folder["credential"], credential);
        await ledger.RegisterAsync("credential-holder");

        Ended admitted = (
            await ledger.RunAsync(
                "party",
                "admit",
                "credential-holder",
                "--role",
                "participant",
                "--credential",
                "credential",
                "--as",
                "sup"
            )
        ).With(ExitCodes.Done);
        Ended shown = (await ledger.RunAsync("party", "show", "credential-holder")).With(ExitCodes.Done);

        byte[] salt = Convert.FromHexString(admitted.Text("salt"));
        byte[] commitment = SHA256.HashData([.. "ledger.v1.Credential\n"u8, .. salt, .. credential]);
        Assert.Equal(32, salt.Length);
        Assert.Equal(Convert.ToHexStringLower(commitment), admitted.Text("credential_commitment"));
        Assert.Equal(Convert.ToHexStringLower(commitment), shown.Text("credential_commitment"));
    }
}
