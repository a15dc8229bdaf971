/** Keeps each signed head outside the databases too, where whoever publishes checkpoints finds them. No clock, no decisions. */
import type { Archive, Head } from "../ledger/port.ts";

const utf8 = new TextEncoder();

/** `checkpoint`: the newest, as tlog-tiles names it; `checkpoints/{size}`: each; `head.json`: how far into the consent database's changes it goes. */
export async function keepHead(archive: Archive, { size, at, note, epoch, change }: Head): Promise<void> {
  const head = { size, at, epoch, change_seq: change.seq, change_mark: change.mark, checkpoint: note };
  await archive.put(`checkpoints/${String(size).padStart(16, "0")}`, utf8.encode(note));
  await archive.put("checkpoint", utf8.encode(note));
  await archive.put("head.json", utf8.encode(`${JSON.stringify(head)}\n`));
}
