/** A body through the gate without a worker: the platform, the upstream and both databases are stand-ins that the test turns. */
import { afterEach, beforeEach, expect, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { RevisionsResult } from "../../../src/consent/port.ts";
import type { Closed, Entry } from "../../../src/evidence/entries.ts";
import { admit } from "../../../src/gate/admit.ts";
import { forwardDocument } from "../../../src/gate/documents.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import { forwardMedia } from "../../../src/gate/media.ts";
import { forwardRecords } from "../../../src/gate/records.ts";
import type { Routes } from "../../../src/gate/routes.ts";
import { argumentsOf, type Case, NOW } from "../../cases/decision/story.ts";
import { Inflater } from "./inflater.ts";
import { DIGEST_KEY } from "./windows-of.ts";

const PRODUCER = { id: "p", keyId: "k", accounts: ["*"] };
/** Nothing that Ben said may go. */
export const BEN_OBJECTS: Partial<Case> = { people: { ben: { objected: [[0, null]] } } };

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  /** Whether all of it was handed over at once. */
  readonly whole: boolean;
  readonly bytes: Promise<Uint8Array>;
  readonly aborted: () => boolean;
}

export const world = {
  sent: [] as Sent[],
  recorded: [] as Entry[],
  /** By the time the gate looks: the story; once there are more of them, another. */
  stories: [{}] as Partial<Case>[],
  now: NOW,
  /** When a piece of a longer body has been taken by the upstream. */
  onTaken: () => {},
};

/** As the platform's: bytes in, bytes out. `length`: of all of them, if it was said. */
class Pipe extends TransformStream<Uint8Array, Uint8Array> {
  constructor(length: number | null = null) {
    let left = length;
    super({
      transform: (bytes, controller) => {
        if (left !== null) left -= bytes.length;
        controller.enqueue(bytes.slice());
        world.onTaken();
      },
      flush: () => {
        if (left !== null && left !== 0) throw new TypeError("not as long as was said");
      },
    });
  }
}

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };
/** So that small bodies have many slices and windows. */
export const SMALL = { slice_bytes_max: 2_048, window_bytes_min: 8_192, window_keys_min: 100 };

export function limit(limits: Record<string, number>): void {
  Object.assign(LIMITS_HERE, limits);
}

/** A new world for each test of the file. */
export function beginWorlds(): void {
  beforeEach(() => {
    limit(SMALL);
    Object.assign(world, { sent: [], recorded: [], stories: [{}], now: NOW, onTaken: () => {} });
    vi.stubGlobal("IdentityTransformStream", Pipe);
    vi.stubGlobal("FixedLengthStream", Pipe);
    vi.stubGlobal("DecompressionStream", Inflater);
    vi.stubGlobal("fetch", async (url: string, { body, headers, signal }: RequestInit) => {
      const bytes = new Response(body as BodyInit).bytes();
      const whole = body instanceof Uint8Array;
      world.sent.push({ url, headers: headers as Headers, whole, bytes, aborted: () => signal!.aborted });
      await Promise.race([
        bytes,
        new Promise((_, reject) => signal!.addEventListener("abort", () => reject(new Error("cut")))),
      ]);
      // An answer has a way to go, and what is taken is taken before it.
      await new Promise(setImmediate);
      return new Response("ok");
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    limit(usual);
  });
}

/** The gate over the world's databases. */
export function gateOf(routes: Routes): Gate {
  const stateNow = () => argumentsOf({ rule: "T15", name: "", expect: "consented", ...world.stories[0] })[3];
  const revision = (): RevisionsResult => ({
    keyRevoked: false,
    revisions: { accounts: new Map([["acme", world.stories.length]]), notices: new Map([["summary", 1]]) },
  });
  return {
    now: () => world.now,
    routes,
    digestSecret: DIGEST_KEY,
    attest: () => ({}),
    evidence: { append: async (entries: readonly Entry[]) => void world.recorded.push(...entries) },
    consent: {
      lookup: async () => ({ state: stateNow(), ageMs: 0, ...revision() }),
      revisions: async () => revision(),
    },
  } as unknown as Gate;
}

/** A request with a body of `pieces`; `after` is called once the first has been read. */
export function requestOf(headers: Record<string, string>, pieces: readonly string[], after = () => {}) {
  const taken = { pieces: 0, cancelled: false };
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (taken.pieces === pieces.length) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      if (taken.pieces === 1) after();
      controller.enqueue(Uint8Array.from(pieces[taken.pieces++]!, (char) => char.charCodeAt(0)));
    },
    cancel() {
      taken.cancelled = true;
    },
  });
  return { taken, request: { headers: new Headers(headers), body, method: "POST" } as unknown as Request };
}

/** What became of a body of `pieces`. */
export async function passing(
  routes: Routes,
  path: string,
  headers: Record<string, string>,
  pieces: readonly string[],
  after?: () => void,
) {
  const gate = gateOf(routes);
  const { taken, request } = requestOf(headers, pieces, after);
  const admission = admit(request, path, routes);
  const response =
    admission.form === "document"
      ? await forwardDocument(gate, request, admission, PRODUCER)
      : admission.form === "media"
        ? await forwardMedia(gate, request, admission, PRODUCER)
        : admission.form === "records"
          ? await forwardRecords(gate, request, admission, PRODUCER)
          : expect.unreachable();
  const [first] = world.sent;
  const left = first === undefined || first.aborted() ? null : new TextDecoder().decode(await first.bytes);
  const answer = await response.text();
  const closed = world.recorded.at(-1)!;
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    outcome: response.headers.get("tenfour-outcome"),
    code: response.headers.get("content-type")?.includes("problem") ? JSON.parse(answer).code : null,
    answer,
    left,
    recorded: closed.type === "closed" ? closed.outcome : "open",
    closed: closed as Closed,
    aborted: first?.aborted() ?? null,
    taken,
  };
}
