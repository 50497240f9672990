// What libraries that others wrote make of a node's DIDs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createJWT, verifyJWT } from "did-jwt";
import { createVerifiableCredentialJwt, verifyCredential } from "did-jwt-vc";
import { resolverAt, startLedger } from "./ledger.mjs";

let ledger;
let resolver;

before(async () => {
  ledger = await startLedger();
  resolver = resolverAt(ledger.http);
});

after(() => ledger.stop());

test("did-resolver reads a DID of the ledger", async () => {
  const did = await ledger.create("reader");

  const { didDocument, didResolutionMetadata, didDocumentMetadata } = await resolver.resolve(did);

  assert.equal(didResolutionMetadata.contentType, "application/did");
  assert.equal(didDocument.id, did);
  assert.deepEqual(didDocument.assertionMethod, [`${did}#key-1`]);
  assert.match(didDocumentMetadata.versionId, /^[0-9]+$/);
});

test("did-resolver reads an earlier version of a DID", async () => {
  const did = await ledger.create("versioned");
  const first = (await resolver.resolve(did)).didDocumentMetadata.versionId;
  await ledger.rotate("versioned");

  const then = await resolverAt(ledger.http, { versionId: first }).resolve(did);
  const now = await resolver.resolve(did);

  assert.equal(then.didDocumentMetadata.nextVersionId, now.didDocumentMetadata.versionId);
  assert.notDeepEqual(then.didDocument.verificationMethod, now.didDocument.verificationMethod);
});

for (const [type, alg] of [["secp256k1", "ES256K"], ["ed25519", "EdDSA"]]) {
  test(`did-jwt verifies a JWT by a key of a DID: ${alg}`, async () => {
    const did = await ledger.create(`signer-${type}`, type);
    const jwt = await createJWT({ claim: 7 }, { issuer: did, signer: await ledger.signer(`signer-${type}`), alg });

    const { verified, issuer, payload, signer } = await verifyJWT(jwt, { resolver });

    assert.ok(verified);
    assert.equal(issuer, did);
    assert.equal(payload.claim, 7);
    assert.equal(signer.id, `${did}#key-1`);
  });
}

test("did-jwt refuses a JWT by a key that is not the DID's", async () => {
  const did = await ledger.create("victim");
  await ledger.create("thief");
  const jwt = await createJWT({}, { issuer: did, signer: await ledger.signer("thief"), alg: "ES256K" });

  await assert.rejects(verifyJWT(jwt, { resolver }), /no matching public key/);
});

test("did-jwt verifies a JWT by a key that was replaced with the version of its time alone", async () => {
  const did = await ledger.create("rotated");
  const jwt = await createJWT({}, { issuer: did, signer: await ledger.signer("rotated"), alg: "ES256K" });
  const { verified, payload } = await verifyJWT(jwt, { resolver });
  assert.ok(verified);

  // A version is in force at the end of a second: the key is replaced in a later one.
  while (Math.floor(Date.now() / 1000) <= payload.iat) {
    await wait(20);
  }
  await ledger.rotate("rotated");

  await assert.rejects(verifyJWT(jwt, { resolver }), /no matching public key/);
  const signedAt = new Date(payload.iat * 1000).toISOString().replace(".000Z", "Z");
  const then = resolverAt(ledger.http, { versionTime: signedAt });
  assert.ok((await verifyJWT(jwt, { resolver: then })).verified);
});

test("did-jwt-vc verifies a credential that one DID issued to another", async () => {
  const issuer = await ledger.create("university");
  const subject = await ledger.create("student", "ed25519");
  const credential = {
    sub: subject,
    nbf: Math.floor(Date.now() / 1000),
    vc: {
      "@context": ["https://www.w3.org/2018/credentials/v1"],
      type: ["VerifiableCredential"],
      credentialSubject: { degree: "Bachelor of Science" },
    },
  };
  const jwt = await createVerifiableCredentialJwt(credential, {
    did: issuer,
    signer: await ledger.signer("university"),
    alg: "ES256K",
  });

  const { verified, verifiableCredential } = await verifyCredential(jwt, resolver);

  assert.ok(verified);
  assert.equal(verifiableCredential.issuer.id, issuer);
  assert.equal(verifiableCredential.credentialSubject.id, subject);
});

test("did-resolver is told of a DID that is not there", async () => {
  const did = `did:pilot:test:${"a".repeat(52)}`;

  const { didDocument, didResolutionMetadata } = await resolver.resolve(did);

  assert.equal(didDocument, null);
  assert.equal(didResolutionMetadata.error.type, "https://www.w3.org/ns/did#NOT_FOUND");
});
