/**
 * How the evidence database grows: small exchanges of one account, resting on three answers each, accepted and written to the ledger as the gate's are,
 * without the gate. Prints bytes an exchange for each twentieth of them: `npm run growth [-- --exchanges 1000000]`, some 40 minutes a
 * million. Nothing is archived.
 */
import { optionsOf, wholeNumber } from "../scripts/options.ts";
import { newId } from "../src/base/digest.ts";
import type { Entry } from "../src/evidence/entries.ts";
import { closed, decided, opened, openLedger } from "../test/worker/ledger/fixture.ts";
import { sizeOf } from "./evidence.ts";
import { ledgerWritten } from "./written.ts";

const MEBIBYTE = 1_048_576;
/** What one append takes, and after how many the ledger is written. */
const AT_ONCE = 100;
const WRITTEN_AFTER = 1_000;
const PARTS = 20;
const MEETINGS = 5_000;
const ACCOUNTS = 50;
const BODY_BYTES = 10_240;
const DIGEST = "d".repeat(43);

const USAGE = "npm run growth -- [--exchanges N]";
const values = optionsOf(USAGE, { exchanges: { type: "string", default: "1000000" } });
const exchanges = wholeNumber(USAGE, "exchanges", values.exchanges, WRITTEN_AFTER);
const part = Math.max(WRITTEN_AFTER, exchanges / PARTS);
const ledger = await openLedger();
const { evidence } = ledger.databases;
try {
  const began = performance.now();
  let before = await sizeOf(evidence);
  for (let made = 0; made < exchanges; ) {
    const from = made;
    for (; made < Math.min(exchanges, from + part); made += WRITTEN_AFTER) {
      for (let i = 0; i < WRITTEN_AFTER; i += AT_ONCE) {
        await ledger.intake.append(Array.from({ length: AT_ONCE }, (_, k) => entriesOf(made + i + k)).flat());
      }
      await ledgerWritten(evidence, () => ledger.run());
    }
    const size = await sizeOf(evidence);
    const seconds = (performance.now() - began) / 1_000;
    console.log(
      `${made} exchanges: ${(size / MEBIBYTE).toFixed(0)} MiB, of the last ${made - from} ${((size - before) / (made - from)).toFixed(0)} bytes each, after ${seconds.toFixed(0)} s`,
    );
    before = size;
  }
} finally {
  await ledger.databases.close();
}

function entriesOf(number: number): Entry[] {
  const at = Date.UTC(2026, 8, 1) + number;
  const exchange = newId("x", at);
  const meeting = number % MEETINGS;
  const account = meeting % ACCOUNTS;
  const body = { bytes: BODY_BYTES, digest: DIGEST };
  const finding = {
    account: `account-${account}`,
    conversation: `meeting-${meeting}`,
    outcome: "forwarded",
    reason: "consented",
    consents: [
      `con_${account}_0123456789abcdef`,
      `con_${meeting}_0123456789abcdef`,
      `ans_${meeting}_0123456789abcdef`,
    ],
  } as const;
  return [
    opened(exchange, at),
    decided(exchange, 1, { findings: [finding] }),
    closed(exchange, 2, { received: body, sent: body }),
  ];
}
