/** Windows cut from bodies by the real code, for tests of what comes after the cut. */
import { KeyedDigest } from "../../../src/base/digest.ts";
import type { RecordFormat } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import type { Framing } from "../../../src/content/framing.ts";
import type { Body } from "../../../src/gate/body.ts";
import type { RecordRoute } from "../../../src/gate/routes.ts";
import { type Window, Windows } from "../../../src/gate/windows.ts";
import { recordRoute } from "./sound-routes.ts";

export const DIGEST_KEY = "a key";

export interface Cut {
  readonly windows: readonly Window[];
  readonly framing: Framing;
  readonly received: KeyedDigest;
}

/** A body of `pieces`, as its sender would send them one after another. */
export function bodyOf(pieces: readonly (string | Uint8Array)[]): Body {
  const left = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  return { read: async () => left.shift() ?? null } as unknown as Body;
}

export async function windowsOf(
  pieces: readonly (string | Uint8Array)[],
  format: RecordFormat = "ndjson",
  route: RecordRoute = recordRoute(),
): Promise<Cut> {
  const { reader, recordBytesMax } = route;
  const framing = createFraming(format, reader.plan, { recordBytesMax });
  const received = new KeyedDigest(DIGEST_KEY);
  const windows = new Windows(bodyOf(pieces), framing, reader, "none", received, Date.now);
  const found: Window[] = [];
  do found.push(await windows.next());
  while (!found.at(-1)!.last);
  return { windows: found, framing, received };
}

/** The only window of a small body. */
export async function windowOf(
  body: string,
  format: RecordFormat = "ndjson",
  route: RecordRoute = recordRoute(),
): Promise<Window> {
  return (await windowsOf([body], format, route)).windows[0]!;
}

/** What a digest of these bytes says. */
export function digestOf(...parts: (string | Uint8Array)[]): { bytes: number; digest: string } {
  const digest = new KeyedDigest(DIGEST_KEY);
  for (const part of parts) digest.add(typeof part === "string" ? new TextEncoder().encode(part) : part);
  return digest.end();
}
