/** `docs/faults.md`, written from the cells the tests run. Pure. */
import { LIMITS } from "../../../src/config/limits.ts";
import { type Cell, type Ending, FAULTS, type Happens, STEPS } from "./cell.ts";

const TIMES = {
  body_idle_ms_max: "the sender sends nothing while it is waited for: `body_idle`",
  exchange_ms_max:
    "a body is read and forwarded: `exchange_too_long`; of an opaque one, until its answer: `upstream_timeout`",
  d1_ms_max: "a database is asked: `consent_unavailable`, `evidence_unavailable`",
  state_age_ms_max: "consent state is used without being checked again",
  clock_read_ms:
    "the clock goes unread while an exchange lasts: whether it has gone back is seen by reading it",
  upstream_stall_ms_max: "the upstream takes nothing of what is written to it: `upstream_stalled`",
  upstream_response_ms_max: "the upstream answers, once it has everything: `upstream_timeout`",
  drain_ms_max: "the rest of a refused body is read and thrown away, so that its sender hears the answer",
} as const;

const HEAD = `# Faults

What happens when a step of the pipeline fails: what the sender is told, what is on record, and what the upstream got. This page is written
from the cells that \`test/fault/matrix.test.ts\` runs in real workerd, with the sender and the upstream on raw sockets; a test holds the two
together (\`npx vitest run --project tidy -u\` writes the page anew). \`test/fault/cuts.test.ts\` cuts and breaks more than a thousand bodies
for each of five faults at places thrown by dice, and looks for any of which the sender heard more than the upstream got.

- **told** is the status and the problem's \`code\` (\`docs/reasons.md\`); *counts* are forwarded, stripped and dropped, as \`Tenfour-Outcome\` says,
  which adds \`unconfirmed\` where the record says \`unknown\` or \`aborted\`.
- **evidence** is the exchange as it folds: its outcome, its fault, and in brackets whether the upstream saw a complete request; *open* was
  never closed, and is to be taken for \`unknown\`.
- **upstream** is what a raw socket saw: the body whole, or cut, or nothing at all.

Where anything but success is told, nothing is on record as \`forwarded\` unless the upstream did take it and only the telling failed.

## Time limits

| limit | ms | how long |
| --- | --- | --- |
`;

const TAIL = `## What remains

- **An upstream that answers with success and then drops the body** looks like one that took it. If its answer came before the end of the
  body was handed over, its answer goes to the sender, \`Tenfour-Outcome\` ends in \`unconfirmed\`, and the exchange is \`unknown\`: an endpoint
  should answer when it has read the body. What the platform holds, the gate cannot see: a body handed over at once, or the last of a longer
  one (some 64 KB were measured). \`true\` says that the upstream answered a request all of which had been handed to the platform. Where it
  answered without having read that, the platform may not send the rest, and that it has it is its word alone.
- **The end of an opaque body** is never seen: \`forwarded\` says that the upstream answered with success, and \`received\` is the length its
  sender declared.
- **An upstream that sends its headers early** may see a body that was cut as whole: the platform then ends it. It does so even where the
  headers had come and the gate could not know yet, so a body whose length was not declared and that the gate cut is on record as \`aborted\`, and
  whether it was complete as not known. \`false\` is said only where it is certain: nothing was sent, the length was declared, or the upstream broke off.
- **A whole body that was handed over before the fault** may have arrived: \`unknown\`, even where nobody was listening.
- **A sender that goes on sending** after it was refused may lose the answer with its connection: no more than
  ${LIMITS.drain_bytes_max / 1_048_576} MiB of what comes is read for its sake.
- **An upstream's answer has no time limit**: it is passed on as it comes, when the exchange has been closed. Its sender's patience ends it.
- **The gate believes its clock.** Where it goes back, waits end all the same and state from before is checked, though the clock caught up
  before anything was to leave: it is read every ${LIMITS.clock_read_ms} ms, and goes ahead at least as timers do. Between exchanges nothing reads it: what the
  opt-in cache holds, the list of revoked keys and the ledger's head are as old as the clock says. And a key whose revocation, or
  an objection that was made, lies in the clock's future is not yet in force by it.
- **Evidence of opaque bodies lags**, and is kept in memory: a worker that ends takes what it had not written with it, and an exchange that the
  database refuses three times, while it takes others, is given up.
`;

export function renderFaults(cells: readonly Cell[]): string {
  const times = Object.entries(TIMES).map(
    ([name, what]) =>
      `| \`${name}\` | ${LIMITS[name as keyof typeof TIMES].toLocaleString("en")} | ${what} |\n`,
  );
  const steps = Object.entries(STEPS).map(([step, title]) => {
    const rows = Object.entries(FAULTS).flatMap(([fault, words]) =>
      cells.filter((cell) => cell.step === step && cell.fault === fault).map((cell) => rowOf(words, cell)),
    );
    return `## ${title}\n\n| fault | what | told | evidence | upstream |\n| --- | --- | --- | --- | --- |\n${rows.join("")}\n`;
  });
  return `${HEAD}${times.join("")}\n${steps.join("")}${TAIL}`;
}

function rowOf(fault: string, cell: Cell): string {
  if ("cannot" in cell) return `| ${fault} | – | cannot happen: ${lower(cell.cannot)} | | |\n`;
  return `| ${fault} | ${lower(cell.what)} | ${toldOf(cell.ends)} | ${evidenceOf(cell)} | ${cell.ends.upstream.replaceAll(", ", " or ")} |\n`;
}

function toldOf({ told, counts }: Ending): string {
  const words = told.replaceAll(", ", " or ");
  return counts === null ? words : `${words}; ${counts === "many" ? "as many as had left" : counts}`;
}

function evidenceOf({ ends }: Happens): string {
  if (ends.evidence === null) return "none";
  return `${ends.evidence} (${ends.complete ?? "not known"})`;
}

function lower(sentence: string): string {
  return `${sentence[0]!.toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, "");
}
