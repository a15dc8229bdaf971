/** Puts the consent state of the corpus straight into a migrated database: everybody in it has consented. */
import { drizzle } from "drizzle-orm/d1";
import {
  accounts,
  consents,
  conversations,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
  showings,
} from "../schema/consent/tables.ts";
import type { ProducerKey } from "../src/identity/producer-key.ts";
import { NOTICE_VERSION, PLACES, SERVICE } from "./corpus.ts";

const HOUR_MS = 3_600_000;

/** Consents run from two hours before `now` (Unix ms), meetings from one. */
export async function seed(d1: D1Database, now: number, key: ProducerKey): Promise<void> {
  const db = drizzle(d1);
  await db.insert(producerKeys).values({
    id: key.id,
    producer: key.producer,
    accounts: JSON.stringify(key.accounts),
    routes: JSON.stringify(key.routes),
    createdAt: key.issuedAt,
    expiresAt: key.expiresAt,
  });
  const at = now - 2 * HOUR_MS;
  const startedAt = now - HOUR_MS;
  const recordedBy = "bench";
  const covers = JSON.stringify({ transcript: at });
  const given = {
    service: SERVICE,
    answer: "given",
    noticeVersion: NOTICE_VERSION,
    covers,
    recordedBy,
  } as const;
  await db.insert(notices).values({
    service: SERVICE,
    version: NOTICE_VERSION,
    position: 1,
    section: "10.4",
    locale: "en",
    text: "Bench.",
    sha256: "-",
    material: 1,
    publishedAt: at,
    announcedAt: at,
    effectiveAt: at,
  });
  for (const accountId of new Set(PLACES.map(({ account }) => account))) {
    const person = `${accountId}-owner`;
    await db.batch([
      db.insert(accounts).values({
        id: accountId,
        labels: "[]",
        participationRule: "speaker",
        revision: 1,
        createdAt: at,
      }),
      db
        .insert(serviceSettings)
        .values({ accountId, service: SERVICE, enabled: 1, at, person, role: "owner", recordedBy }),
      db
        .insert(consents)
        .values({ ...given, id: `c-${accountId}`, accountId, conversationId: "", person, role: "owner", at }),
    ]);
  }
  for (const { account: accountId, conversation: conversationId, host, speakers } of PLACES) {
    await db.batch([
      db
        .insert(conversations)
        .values({ id: conversationId, accountId, kind: "meeting", labels: "[]", startedAt, createdAt: at }),
      db.insert(consents).values({
        ...given,
        id: `c-${conversationId}`,
        accountId,
        conversationId,
        person: host,
        role: "host",
        at: startedAt,
      }),
      ...speakers.flatMap((person) => [
        db.insert(presence).values({
          conversationId,
          person,
          host: person === host ? 1 : 0,
          joinedAt: startedAt,
          recordedBy,
        }),
        db.insert(showings).values({
          id: `s-${person}`,
          conversationId,
          person,
          service: SERVICE,
          noticeVersion: NOTICE_VERSION,
          at: startedAt,
          recordedBy,
        }),
        db.insert(participantAnswers).values({
          id: `a-${person}`,
          accountId,
          conversationId,
          person,
          service: SERVICE,
          answer: "accepted",
          noticeVersion: NOTICE_VERSION,
          at: startedAt,
          since: startedAt,
          recordedBy,
        }),
      ]),
    ]);
  }
}
