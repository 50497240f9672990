using System.Formats.Asn1;
using System.Numerics;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;
using static Ledger.Node.Tests.Http.RegistrarScene;

namespace Ledger.Node.Tests.Http;

/// <summary>Jobs in the wrong order, of someone else, too late, and signatures that are none.</summary>
public sealed class RegistrarJobTests(RegistrarScene scene) : IClassFixture<RegistrarScene>
{
    private const string Fresh = "00000000-0000-4000-8000-000000000000";

    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        System.Globalization.NumberStyles.HexNumber
    );

    [Fact]
    public async Task Job_Unknown_IsRefused() =>
        await scene.Refuses(
            "create",
            Signatures(Fresh, ("signingRequest1", "AAAA")),
            ReasonCode.InvalidRequest,
            "jobId: there is no such job"
        );

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"1\"")]
    [InlineData("7")]
    [InlineData("\"{00000000-0000-4000-8000-000000000000}\"")]
    public async Task JobId_ThatIsNone_IsRefused(string jobId) =>
        await scene.Refuses("create", Request($"\"jobId\": {jobId}"), ReasonCode.InvalidRequest, "jobId: must be");

    [Fact]
    public async Task Job_Finished_IsOver()
    {
        SigningKey key = NewKey();
        Reply asked = await scene.Ask("create", WithKeys(Public(key)));
        Assert.Equal(201, (await scene.Answer("create", asked, key)).Status);

        await scene.Refuses(
            "create",
            Signatures(JobOf(asked)!, ("signingRequest1", Convert.ToBase64String(Sign(asked, key)))),
            ReasonCode.InvalidRequest,
            "there is no such job"
        );
    }

    [Fact]
    public async Task Job_FinishedByManyAtOnce_IsFinishedOnce()
    {
        SigningKey key = NewKey();
        Reply asked = await scene.Ask("create", WithKeys(Public(key)));
        long size = scene.Node.Size;

        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => scene.Answer("create", asked, key)));

        Assert.Single(replies, static reply => reply.Status == 201);
        Assert.All(
            replies.Where(static reply => reply.Status != 201),
            static reply => RequireFailed(reply, ReasonCode.InvalidRequest, "there is no such job")
        );

        // One entry, and the seal of its batch.
        Assert.Equal(size + 2, scene.Node.Size);
    }

    [Fact]
    public async Task Job_AfterFiveMinutes_IsOver()
    {
        SigningKey key = NewKey();
        Reply late = await scene.Ask("create", WithKeys(Public(key)));
        scene.Time.Now += TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1);
        Reply inTime = await scene.Post("create", Signatures(JobOf(late)!, ("signingRequest1", "AAAA")));
        RequireFailed(inTime, ReasonCode.SignatureLength);
        scene.Time.Now += TimeSpan.FromTicks(1);

        RequireFailed(await scene.Answer("create", late, key), ReasonCode.InvalidRequest, "there is no such job");
    }

    [Fact]
    public async Task Job_BegunAtTheLastMoment_CanStillBeSigned()
    {
        SigningKey key = NewKey();
        Reply asked = await scene.Ask("create", WithKeys(Public(key)));
        scene.Time.Now += TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1);

        Assert.Equal(201, (await scene.Answer("create", asked, key)).Status);
    }

    [Fact]
    public async Task Steps_OutOfOrder_AreRefusedAndTheJobStands()
    {
        SigningKey key = NewKey();
        string keys = $"\"secret\": {{ \"verificationMethod\": [{Public(key)}] }}";
        await scene.Refuses(
            "create",
            Request("\"secret\": { \"signingResponse\": { \"signingRequest1\": { \"signature\": \"AAAA\" } } }"),
            ReasonCode.InvalidRequest,
            "a first request begins a job"
        );

        Reply first = await scene.Post("create", Request());
        string job = JobOf(first)!;
        await scene.Refuses(
            "create",
            Signatures(job, ("signingRequest1", "AAAA")),
            ReasonCode.InvalidRequest,
            "waits for keys"
        );
        await scene.Refuses("create", Request($"\"jobId\": \"{job}\""), ReasonCode.InvalidRequest, "waits for keys");
        await scene.Refuses(
            "deactivate",
            Request($"\"jobId\": \"{job}\"", keys),
            ReasonCode.InvalidRequest,
            "is of a job of create"
        );

        Reply asked = await scene.Post("create", Request($"\"jobId\": \"{job}\"", keys));
        await scene.Refuses(
            "create",
            Request($"\"jobId\": \"{job}\"", keys),
            ReasonCode.InvalidRequest,
            "waits for signatures"
        );
        Reply refused = await scene.Refuses(
            "create",
            Request($"\"jobId\": \"{job}\"", "\"did\": \"did:pilot:test:x\""),
            ReasonCode.InvalidRequest,
            "did: is not that of the job"
        );
        Assert.Equal(job, JobOf(refused));
        Assert.Equal(201, (await scene.Answer("create", asked, key)).Status);
    }

    [Fact]
    public async Task Keys_ThatDoNotDo_LeaveTheJobAsItWas()
    {
        Reply first = await scene.Post("create", Request());
        string With(string key) =>
            Request($"\"jobId\": \"{JobOf(first)}\"", $"\"secret\": {{ \"verificationMethod\": [{key}] }}");
        SigningKey key = NewKey();

        await scene.Refuses(
            "create",
            With(Public(key, "authentication")),
            ReasonCode.InvalidField,
            "none has the purpose CAPABILITY_INVOCATION"
        );
        Reply asked = await scene.Post("create", With(Public(key)));

        Assert.Equal(201, (await scene.Answer("create", asked, key)).Status);
    }

    [Fact]
    public async Task Signature_OfAnotherJob_IsRefusedAndTheJobStands()
    {
        SigningKey key = NewKey();
        Reply one = await scene.Ask("create", WithKeys(Public(key)));
        Reply other = await scene.Ask("create", WithKeys(Public(key)));

        Reply refused = await scene.Refuses(
            "create",
            Signatures(JobOf(one)!, ("signingRequest1", Convert.ToBase64String(Sign(other, key)))),
            ReasonCode.BadSignature
        );

        Assert.Equal(JobOf(one), JobOf(refused));
        Assert.Equal(201, (await scene.Answer("create", one, key)).Status);
    }

    [Fact]
    public async Task Signature_WithHighS_IsRefused()
    {
        (Reply asked, byte[] signature) = await Signed();
        BigInteger s = new(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
        byte[] high = (Order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] twin = [.. signature.AsSpan(0, 32), .. new byte[32 - high.Length], .. high];

        await RefusesSignature(asked, twin, ReasonCode.SignatureHighS);
    }

    [Fact]
    public async Task Signature_InDer_IsRefused()
    {
        (Reply asked, byte[] signature) = await Signed();
        AsnWriter der = new(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            der.WriteInteger(new BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            der.WriteInteger(new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        await RefusesSignature(asked, der.Encode(), ReasonCode.SignatureLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public async Task Signature_OfAnotherLength_IsRefused(int length)
    {
        (Reply asked, byte[] signature) = await Signed();
        byte[] changed = new byte[length];
        signature.AsSpan(0, Math.Min(length, 64)).CopyTo(changed);

        await RefusesSignature(asked, changed, ReasonCode.SignatureLength);
    }

    [Fact]
    public async Task Signature_OfZeros_IsRefused()
    {
        (Reply asked, _) = await Signed();

        await RefusesSignature(asked, new byte[64], ReasonCode.SignatureRange);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAA=")]
    [InlineData("AA=")]
    [InlineData("AB==")]
    [InlineData("A A=")]
    [InlineData("+A_A")]
    [InlineData("AA\u00e9=")]
    public async Task Signature_InNoBase64_IsRefused(string text)
    {
        (Reply asked, _) = await Signed();

        await scene.Refuses(
            "create",
            Signatures(JobOf(asked)!, ("signingRequest1", text)),
            ReasonCode.InvalidRequest,
            "secret.signingResponse[0].signature: must be base64 or base64url"
        );
    }

    [Theory]
    [InlineData("\"signingRequest2\": { \"signature\": \"AAAA\" }", "answers no signing request")]
    [InlineData("\"signingRequest1\": { \"signature\": \"AAAA\", \"alg\": \"EdDSA\" }", "alg: must be ES256K")]
    [InlineData("\"signingRequest1\": { \"signature\": \"AAAA\", \"kid\": \"#key-2\" }", "kid: must be that of")]
    [InlineData("\"signingRequest1\": { \"kid\": \"#key-1\" }", "signature: must be base64")]
    [InlineData("\"signingRequest1\": { \"signature\": 7 }", "signature: must be text")]
    [InlineData("\"signingRequest1\": \"AAAA\"", "must be a JSON object")]
    [InlineData(
        "\"signingRequest1\": { \"signature\": \"AAAA\", \"purpose\": \"recovery\" }",
        "purpose: is not a member"
    )]
    [InlineData("", "waits for signatures")]
    public async Task SigningResponse_ThatFitsNoRequest_IsRefused(string responses, string problem)
    {
        (Reply asked, _) = await Signed();

        await scene.Refuses(
            "create",
            $$"""{ "jobId": "{{JobOf(asked)}}", "secret": { "signingResponse": { {{responses}} } } }""",
            ReasonCode.InvalidRequest,
            problem
        );
    }

    [Fact]
    public async Task Update_SignedAfterTheDidHasChanged_IsStale()
    {
        SigningKey key = NewKey();
        string did = await scene.Register(key);
        string body = Request(
            $"\"did\": \"{did}\"",
            "\"didDocumentOperation\": [\"addToDidDocument\"]",
            "\"didDocument\": { \"alsoKnownAs\": [\"https://example.org/\"] }"
        );
        Reply prepared = await scene.Ask("update", body);
        await scene.Do("update", body, key);

        Reply stale = await scene.Answer("update", prepared, key);

        RequireFailed(stale, ReasonCode.StalePrevious);
        Assert.Equal(did, DidOf(stale));
        Assert.Null(JobOf(stale));
    }

    [Fact]
    public async Task Update_SignedAfterDeactivation_IsRefused()
    {
        SigningKey key = NewKey();
        string did = await scene.Register(key);
        Reply prepared = await scene.Ask("update", Request($"\"did\": \"{did}\"", "\"didDocument\": {}", Keys(key)));
        await scene.Do("deactivate", Request($"\"did\": \"{did}\""), key);

        RequireFailed(await scene.Answer("update", prepared, key), ReasonCode.ActorDeactivated);
    }

    [Fact]
    public async Task Update_BeyondTheQuotaOfTheDid_SaysWhenToComeBack()
    {
        SigningKey key = NewKey();
        string did = await scene.Register(key);
        string body = Request($"\"did\": \"{did}\"", "\"didDocument\": {}", Keys(key));
        for (int i = 0; i < 10; i++)
        {
            await scene.Do("update", body, key);
        }

        Reply refused = await scene.Answer("update", await scene.Ask("update", body), key);

        RequireFailed(refused, ReasonCode.DidQuota, status: 429);
        Assert.Equal("3600", refused.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Create_BeyondTheQuotaOfThePeer_SaysWhenToComeBack()
    {
        RegistrarScene strict = await OpenAsync(static options => options with { CreatesPerMinute = 1 });
        SigningKey key = NewKey();
        await strict.Register(key);

        Reply asked = await strict.Ask("create", WithKeys(Public(key)));
        Reply refused = await strict.Answer("create", asked, key);

        RequireFailed(refused, ReasonCode.PeerQuota, status: 429);
        Assert.Equal(JobOf(asked), JobOf(refused));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 1, 60);
        await strict.DisposeAsync();
    }

    [Fact]
    public async Task Submission_WhileTheNodeStops_SaysWhenToComeBack()
    {
        RegistrarScene stopping = await OpenAsync();
        SigningKey key = NewKey();
        Reply asked = await stopping.Ask("create", WithKeys(Public(key)));
        await stopping.Node.Node.Ledger.DrainAsync();

        Reply refused = await stopping.Answer("create", asked, key);

        RequireFailed(refused, ReasonCode.Stopping, status: 503);
        Assert.Equal("1", refused.Headers["Retry-After"]);
        Assert.Equal(JobOf(asked), JobOf(refused));
        await stopping.DisposeAsync();
    }

    [Fact]
    public async Task Jobs_BeyondTheBound_EndWithTheOldest()
    {
        RegistrarScene small = await OpenAsync(static options =>
            options with
            {
                Limits = options.Limits with { RegistrarJobsMax = 2 },
            }
        );
        SigningKey key = NewKey();
        Reply[] asked = new Reply[3];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = await small.Ask("create", WithKeys(Public(key)));
        }

        RequireFailed(await small.Answer("create", asked[0], key), ReasonCode.InvalidRequest, "no such job");
        Assert.Equal(201, (await small.Answer("create", asked[1], key)).Status);
        Assert.Equal(201, (await small.Answer("create", asked[2], key)).Status);
        await small.DisposeAsync();
    }

    private static string Keys(SigningKey key) => $"\"secret\": {{ \"verificationMethod\": [{Public(key)}] }}";

    private async Task<(Reply Asked, byte[] Signature)> Signed()
    {
        SigningKey key = NewKey();
        Reply asked = await scene.Ask("create", WithKeys(Public(key)));
        return (asked, Sign(asked, key));
    }

    private Task<Reply> RefusesSignature(Reply asked, byte[] signature, ReasonCode reason) =>
        scene.Refuses(
            "create",
            Signatures(JobOf(asked)!, ("signingRequest1", Convert.ToBase64String(signature))),
            reason
        );
}
