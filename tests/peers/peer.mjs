// An independent server of the fediverse for the tests, on Fedify: two actors, what reached them and how it was signed.
//
// `plain` is like any other account; `reader` says that it reads acts. A test steers it over /test/…, and everything else
// is ActivityPub. Signatures and proofs are checked by Fedify's own code.

import { createServer } from "node:http";
import {
  createFederation,
  generateCryptoKeyPair,
  getDocumentLoader,
  MemoryKvStore,
  verifyProof,
  verifyRequest,
} from "@fedify/fedify";
import {
  Activity,
  Announce,
  Create,
  DataIntegrityProof,
  Delete,
  Endpoints,
  Follow,
  Like,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
} from "@fedify/fedify/vocab";

const READS_ACTS = "https://w3id.org/roundabout/gov";
const ACTORS = ["plain", "reader"];
const received = [];
const keys = new Map();
let takes = "both"; // or the one scheme that this server understands: `cavage` or `rfc9421`

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
});

const documentLoader = getDocumentLoader({ allowPrivateAddress: true }); // brings every context that we use along

federation
  .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
    if (!ACTORS.includes(identifier)) return null;
    const pairs = await context.getActorKeyPairs(identifier);
    return new Person({
      id: context.getActorUri(identifier),
      preferredUsername: identifier,
      name: identifier,
      inbox: context.getInboxUri(identifier),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher(async (_, identifier) => {
    if (!keys.has(identifier)) {
      keys.set(identifier, [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")]);
    }
    return keys.get(identifier);
  });

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .setSharedKeyDispatcher(() => ({ identifier: "plain" }))
  .on(Activity, async () => {});

/**
 * Keep what arrived: by which scheme it was signed and whose signature holds, and every proof in it with its maker.
 *
 * True for an act whose signature and proof hold: Fedify knows no such type, but `reader` says that it reads them.
 */
async function note(request, body) {
  const scheme = request.headers.has("signature-input") ? "rfc9421" : "cavage";
  const options = { contextLoader: documentLoader, documentLoader };
  const key = await verifyRequest(request, options);
  const activity = JSON.parse(body);
  const proofs = [];
  for (const part of [activity, activity.object, activity.result]) {
    if (part?.proof == null) continue;
    const proof = await DataIntegrityProof.fromJsonLd(part.proof, options);
    const maker = await verifyProof(part, proof, options);
    proofs.push({ type: part.type, by: maker?.controllerId?.href ?? null });
  }
  const signer = key?.ownerId?.href ?? null;
  received.push({ scheme, signer, activity, proofs });
  return activity.object?.type?.startsWith("gov:") && signer !== null && proofs.every((proof) => proof.by === signer);
}

/** The activity that a test describes, as Fedify makes it. */
function described(context, who, said) {
  const actor = context.getActorUri(who);
  const id = new URL(said.id);
  const common = { id, actor, to: PUBLIC_COLLECTION };
  switch (said.type) {
    case "Follow":
      return new Follow({ id, actor, object: new URL(said.object) });
    case "Create":
      return new Create({
        ...common,
        object: new Note({
          id: new URL(said.note),
          attribution: actor,
          to: PUBLIC_COLLECTION,
          content: said.content,
          replyTarget: new URL(said.object),
        }),
      });
    case "Like":
      return new Like({ ...common, object: new URL(said.object) });
    case "Announce":
      return new Announce({ ...common, object: new URL(said.object) });
    case "Undo":
      return new Undo({ ...common, object: new Follow({ id: new URL(said.undone), actor, object: new URL(said.object) }) });
    case "Delete":
      return new Delete({ ...common, object: new Tombstone({ id: new URL(said.note) }) });
    default:
      throw new Error(`no ${said.type} is sent from here`);
  }
}

async function steer(path, said, origin) {
  if (path === "/test/received") return received;
  if (path === "/test/takes") {
    takes = said.scheme;
    return {};
  }
  const context = federation.createContext(new URL(origin), undefined);
  const recipient = { id: new URL(said.recipient), inboxId: new URL(said.inbox) };
  await context.sendActivity({ identifier: said.who }, recipient, described(context, said.who, said), {
    immediate: true,
  });
  return {};
}

async function answer(request, body) {
  const { pathname, origin } = new URL(request.url);
  if (pathname.startsWith("/test/")) {
    try {
      return Response.json(await steer(pathname, body.length ? JSON.parse(body) : {}, origin));
    } catch (error) {
      return Response.json({ error: String(error?.stack ?? error) }, { status: 500 });
    }
  }
  if (request.method === "POST") {
    const scheme = request.headers.has("signature-input") ? "rfc9421" : "cavage";
    if (takes !== "both" && takes !== scheme) return new Response("not signed in a way that is understood", { status: 401 });
    if (await note(request.clone(), body)) return new Response(null, { status: 202 });
  }
  const given = await federation.fetch(request, { contextData: undefined });
  if (pathname !== "/users/reader" || given.status !== 200) return given;
  const actor = await given.json();
  actor.generator = { type: "Application", implements: [{ href: READS_ACTS }] };
  return new Response(JSON.stringify(actor), { headers: given.headers });
}

const server = createServer(async (incoming, outgoing) => {
  const parts = [];
  for await (const part of incoming) parts.push(part);
  const body = Buffer.concat(parts);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    body: body.length ? body : undefined,
  });
  try {
    const response = await answer(request, body.toString());
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
