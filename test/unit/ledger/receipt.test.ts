/** Receipts: the published signature vector, the shape, and what makes a receipt none. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fromBase58, toBase58 } from "../../../src/base/base58.ts";
import { toBase64 } from "../../../src/base/base64.ts";
import { canonicalJson } from "../../../src/base/canonical-json.ts";
import { publicKeyOf, signingKey, signWith, verifyingKey } from "../../../src/base/ed25519.ts";
import { didKey, type JsonDocument, secured, signerOf } from "../../../src/ledger/data-integrity.ts";
import type { LedgerEntry } from "../../../src/ledger/entries.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { StoredTree } from "../../../src/ledger/proofs.ts";
import { pseudonym } from "../../../src/ledger/pseudonym.ts";
import { signReceipt, verifyReceipt } from "../../../src/ledger/receipt.ts";
import { type ReceiptWords, TRAINING } from "../../../src/ledger/receipt-document.ts";
import { changesOf } from "./changes.ts";
import { keyPair } from "./keys.ts";
import { found, sampleLog } from "./sample-log.ts";

/** W3C Data Integrity EdDSA Cryptosuites v1.0, appendix, `eddsa-jcs-2022`. */
const PUBLISHED = {
  seed: "c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6",
  key: "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
  document: {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    id: "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    type: ["VerifiableCredential", "AlumniCredential"],
    name: "Alumni Credential",
    description: "A minimum viable example of an Alumni Credential.",
    issuer: "https://vc.example/issuers/5678",
    validFrom: "2023-01-01T00:00:00Z",
    credentialSubject: { id: "did:example:abcdefgh", alumniOf: "The School of Examples" },
  },
  created: Date.UTC(2023, 1, 24, 23, 36, 38),
  proof: "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX",
};

test("eddsa-jcs-2022 as W3C publishes it", async () => {
  const seed = new Uint8Array(Buffer.from(PUBLISHED.seed, "hex"));
  const publicKey = await publicKeyOf(seed);
  expect(didKey({ publicKey })).toBe(PUBLISHED.key);
  const signer = { name: "x", id: "0", publicKey, key: await signingKey(seed) };
  const signed = await secured(PUBLISHED.document, signer, PUBLISHED.created);
  expect(signed.proof).toMatchObject({ created: "2023-02-24T23:36:38Z", proofValue: PUBLISHED.proof });
  const verifier = { ...signer, key: await verifyingKey(publicKey) };
  expect(await signerOf(signed, [verifier])).toBe(verifier);
  expect(await signerOf({ ...signed, name: "Other" }, [verifier])).toBeNull();
  expect(await signerOf(signed, [])).toBeNull();
  expect(await signerOf(PUBLISHED.document, [verifier])).toBeNull();
});

test("a proof that was signed for something else is none", async () => {
  const { signer, trusted } = sample.key;
  const did = didKey(signer);
  const proofOf = async (changed: Record<string, string>) => {
    const document = { a: 1 };
    const options = {
      type: "DataIntegrityProof",
      cryptosuite: "eddsa-jcs-2022",
      created: "2026-01-01T00:00:00Z",
      verificationMethod: `${did}#${did.slice("did:key:".length)}`,
      proofPurpose: "assertionMethod",
      ...changed,
    };
    const hashes = [options, document].map((one) => createHash("sha256").update(canonicalJson(one)).digest());
    const signature = await signWith(signer.key, Buffer.concat(hashes));
    const signed = { ...document, proof: { ...options, proofValue: `z${toBase58(signature)}` } };
    return (await signerOf(signed, [trusted.verifier])) !== null;
  };
  expect(await proofOf({})).toBe(true);
  expect(await proofOf({ proofPurpose: "authentication" })).toBe(false);
  expect(await proofOf({ cryptosuite: "eddsa-rdfc-2022" })).toBe(false);
  expect(await proofOf({ type: "Ed25519Signature2020" })).toBe(false);
  expect(await proofOf({ verificationMethod: did })).toBe(false);
  expect(await proofOf({ "@context": "https://other.example" })).toBe(false);
});

test("base58", () => {
  expect(toBase58(new TextEncoder().encode("Hello World!"))).toBe("2NEpo7TZRRrLZSi2U");
  expect(toBase58(Uint8Array.of(0, 0, 0x28, 0x7f, 0xb4, 0xcd))).toBe("11233QC4");
  expect(fromBase58("11233QC4", 6)).toEqual(Uint8Array.of(0, 0, 0x28, 0x7f, 0xb4, 0xcd));
  expect(toBase58(new Uint8Array(3))).toBe("111");
  for (const [text, length] of [
    ["11233QC4", 5],
    ["11233QC4", 7],
    ["0OIl", 3],
    ["zzzzzz", 4],
    ["1".repeat(1000), 3],
  ] as const) {
    expect(fromBase58(text, length), text).toBeNull();
  }
});

const KEY = "A".repeat(43);
const sample = await sampleLog(9);
const answer: Extract<LedgerEntry, { kind: "consent_changed" }> = {
  kind: "consent_changed",
  body: {
    at: 1_790_000_000_000,
    revision: 9,
    what: "participant_answer",
    record: "ans_9",
    account: "acme",
    conversation: "acme-standup",
    service: "meeting-summary",
    answer: "objected",
    person: pseudonym(KEY, "cy"),
    role: "participant",
    recorded_by: pseudonym(KEY, "cy"),
    notice_version: "2026-09",
    notice_sha256: "00",
    covers: null,
    expires_at: null,
    changed: null,
  },
};
sample.add(answer);
sample.grow(5);

async function words(size: number | null = sample.size): Promise<ReceiptWords> {
  const leaf = { ...sample.leaves[9]!, body: answer.body };
  const proof = size === null ? [] : await new StoredTree(size, sample.log.readTile).inclusion(9);
  return {
    id: "urn:uuid:7f0c1f5e-0000-4000-8000-000000000000",
    issuedAt: 1_790_000_001_000,
    controller: {
      id: "https://acme.example",
      name: "Acme",
      address: "1 Main Street",
      contact: "privacy@acme.example",
      jurisdiction: "loc:IE",
    },
    processing: {
      ...TRAINING,
      personalData: ["pd:VoiceCommunicationRecording"],
      recipients: ["https://acme.example"],
      storageDuration: "P6M",
      storageLocation: "loc:IE",
    },
    person: "cy",
    pseudonymKey: KEY,
    language: "en",
    manageAt: "https://gate.example/manage",
    noticeAt: null,
    source: null,
    leaf,
    log:
      size === null
        ? null
        : { position: 9, proof: proof.map(toBase64), checkpoint: await sample.checkpoint(size) },
  };
}

const keys = [sample.key.trusted];
const text = async (of: Promise<ReceiptWords>) =>
  JSON.stringify(await signReceipt(await of, sample.key.signer));

test("a receipt verifies, says what 27560 asks for, and is the log's", async () => {
  const receipt = await signReceipt(await words(), sample.key.signer);
  expect(receipt).toMatchObject({
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt-record",
    "dpv:hasJurisdiction": "loc:IE",
    "dpv:hasProcess": { "dpv:hasProcessing": ["ai:ModelTraining", "ai:ModelFineTuning"] },
    "dpv:hasConsentControl": { "dpv:isExercisedAt": "https://gate.example/manage" },
    "dpv:hasNotice": { "dct:hasVersion": "2026-09", "dct:language": "en" },
    "dpv:hasConsentStatus": [
      {
        "@type": ["dpv:ConsentRefused", "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedAtTime": "2026-09-21T14:13:20.000Z",
      },
    ],
  });
  const verdict = await verifyReceipt(JSON.stringify(receipt), "receipt", keys);
  expect(verdict).toMatchObject({
    ok: true,
    receipt: { person: "cy", answer: "objected", leaf: { position: 9 } },
  });
  if (!verdict.ok) return;
  const { leaf, checkpoint } = verdict.receipt;
  const trust = { leaves: [leaf], checkpoints: [checkpoint!] };
  expect(await found((await sample.export()).join(""), trust)).toBe("ok");
  const early = await verifyReceipt(await text(words(12)), "receipt", keys);
  expect(
    early.ok && (await found((await sample.export()).join(""), { checkpoints: [early.receipt.checkpoint!] })),
  ).toBe("ok");
  const without = await sampleLog(9);
  without.grow(6);
  expect(await found((await without.export()).join(""), { leaves: [leaf] })).toBe("forked 9");
});

test("a receipt that came before the log is a promise", async () => {
  const verdict = await verifyReceipt(await text(words(null)), "receipt", keys);
  expect(verdict).toMatchObject({ ok: true, receipt: { leaf: { position: null }, checkpoint: null } });
  if (!verdict.ok) return;
  expect(await found((await sample.export()).join(""), { leaves: [verdict.receipt.leaf] })).toBe("ok");
  const broken = (await (await sampleLog(9)).export()).join("");
  expect(await found(broken, { leaves: [verdict.receipt.leaf] })).toBe("lost null");
});

test("every single-field edit of a receipt is caught", async () => {
  const receipt = await signReceipt(await words(), sample.key.signer);
  for (const { name, value } of changesOf(receipt)) {
    const verdict = await verifyReceipt(JSON.stringify(value), "receipt", keys);
    expect(verdict.ok, name).toBe(false);
  }
  const twice = JSON.stringify(receipt).replace('"dct:issued"', '"dct:identifier":"another","dct:issued"');
  expect((await verifyReceipt(JSON.stringify(receipt, null, 2), "receipt", keys)).ok).toBe(true);
  const deep = `{"@type":"dpv:ConsentReceipt","proof":${"[".repeat(90_000)}${"]".repeat(90_000)}}`;
  for (const junk of [twice, deep, "", "[]", "null", "{}", '{"@type":"dpv:ConsentReceipt"}']) {
    expect((await verifyReceipt(junk, "receipt", keys)).ok, junk).toBe(false);
  }
});

test("an operator cannot sign a receipt that says something else than its entry", async () => {
  const receipt = await signReceipt(await words(), sample.key.signer);
  const { proof, ...told } = receipt;
  expect(proof).toBeDefined();
  const resigned = async (changed: JsonDocument) => {
    const signed = await secured(changed, sample.key.signer, 0);
    const verdict = await verifyReceipt(JSON.stringify(signed), "receipt", keys);
    return verdict.ok ? "ok" : verdict.finding.code;
  };
  expect(await resigned(told)).toBe("ok");
  const status = (told["dpv:hasConsentStatus"] as Record<string, unknown>[])[0]!;
  for (const changed of [
    {
      "dpv:hasConsentStatus": [
        { ...status, "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"] },
      ],
    },
    { "dpv:hasConsentStatus": [{ ...status, "dpv:isIndicatedAtTime": "2026-09-21T14:13:21.000Z" }] },
    { "dpv:hasDataSubject": { "@id": "urn:tenfour:person:ana", "dct:identifier": "ana" } },
    { "tenfour:record": { ...(told["tenfour:record"] as object), "tenfour:conversation": "other" } },
    { "tenfour:pseudonymKey": `B${KEY.slice(1)}` },
    { "tenfour:entry": null },
    { "tenfour:entry": { "@type": "@json", "@value": { ...sample.leaves[3], body: answer.body } } },
    { "dct:title": "more" },
  ]) {
    expect(await resigned({ ...told, ...changed }), JSON.stringify(changed)).toBe("changed");
  }
  await expect(signReceipt({ ...(await words()), person: "ana" }, sample.key.signer)).rejects.toThrow(
    RangeError,
  );
  const other = hashOfLeaf(sample.leaves[3]!);
  expect(other.length).toBe(32);
});

test("keys of a receipt: unknown and retired", async () => {
  const receipt = await text(words());
  const promise = await text(words(null));
  const verdict = async (of: string, trusted = keys) => {
    const given = await verifyReceipt(of, "receipt", trusted);
    return given.ok ? "ok" : given.finding.code;
  };
  expect(await verdict(receipt, [(await keyPair(2)).trusted])).toBe("untrusted");
  expect(await verdict(receipt, [{ ...sample.key.trusted, sizeMax: 15 }])).toBe("ok");
  expect(await verdict(receipt, [{ ...sample.key.trusted, sizeMax: 9 }])).toBe("untrusted");
  expect(await verdict(promise, [{ ...sample.key.trusted, sizeMax: 15 }])).toBe("untrusted");
});
