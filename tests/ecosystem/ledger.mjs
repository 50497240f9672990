// A node in a folder of its own, keys and DIDs by the program, and what others need to work with them.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { ES256KSigner, EdDSASigner } from "did-jwt";
import { Resolver } from "did-resolver";

const program = new URL("../../artifacts/bin/Ledger.Cli/release/ledger", import.meta.url).pathname;
const run = promisify(execFile);

/** Starts a node and founds its ledger. Ports are free ones. */
export async function startLedger() {
  const folder = await mkdtemp(join(tmpdir(), "ledger-ecosystem-"));
  const env = { ...process.env, XDG_DATA_HOME: join(folder, "home"), XDG_STATE_HOME: join(folder, "state") };
  const listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const serve = ["serve", "--json", "--data", join(folder, "data"), "--origin", "ledger.test/ecosystem", ...listen];
  const node = spawn(program, serve, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => node.once("exit", resolve));
  const { value: line } = await createInterface({ input: node.stdout })[Symbol.asyncIterator]().next();
  const ready = JSON.parse(line);
  const command = async (...args) =>
    JSON.parse((await run(program, [...args, "--json", "--node", ready.address], { env })).stdout);
  try {
    await run(program, ["keys", "new", "supervisor"], { env });
    await command("found", "--network", "test", "--as", "supervisor");
  } catch (error) {
    node.kill();
    throw error;
  }

  return {
    http: ready.http,

    /** Registers a DID for a new key. */
    create: async (name, type = "secp256k1") =>
      (await command("did", "create", "--as", name, "--key-type", type)).did,

    /** Replaces the key of a DID. */
    rotate: (name) => command("did", "rotate", "--as", name),

    /** What signs for did-jwt with a key as it is now. */
    signer: async (name) => {
      const key = JSON.parse(await readFile(join(folder, `home/ledger/keys/${name}.json`), "utf8"));
      const secret = Buffer.from(key.secret, "base64");
      return key.type === "ed25519" ? EdDSASigner(secret) : ES256KSigner(secret);
    },

    stop: async () => {
      node.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** A resolver of did-resolver that asks a node; with options of the HTTP port for every DID. */
export function resolverAt(http, options = {}) {
  const resolve = async (did) => {
    const query = new URLSearchParams(options);
    const response = await fetch(`${http}/1.0/identifiers/${encodeURIComponent(did)}?${query}`, {
      headers: { Accept: "application/did-resolution" },
    });
    return response.json();
  };
  return new Resolver({ pilot: resolve, key: resolve });
}
