/**
 * Consent state in memory: immutable tables, each change a new version of them, read as `src/store` reads them, one instant a query.
 * A change and the revision it raises land together.
 */
import type { ConsentReader, LookupKeys, RevisionsResult } from "../../src/consent/port.ts";
import type {
  AccountRow,
  AnswerRow,
  ConsentRow,
  ConversationRow,
  NoticeRow,
  PresenceRow,
  SettingRow,
  ShowingRow,
  StateRow,
} from "../../src/consent/rows.ts";
import { foldState } from "../../src/consent/state.ts";
import type { State } from "../../src/decision/model.ts";

/** Rows as a look-up gives them, the oldest first; the latest of several counts where `rows.ts` says so. */
export interface Tables {
  readonly accounts: readonly AccountRow[];
  readonly settings: readonly SettingRow[];
  readonly consents: readonly ConsentRow[];
  readonly conversations: readonly ConversationRow[];
  readonly presence: readonly PresenceRow[];
  readonly showings: readonly ShowingRow[];
  /** An empty conversation: standing, in every conversation of the account, which is the last member. */
  readonly answers: readonly (readonly [row: AnswerRow, account: string])[];
  readonly notices: readonly NoticeRow[];
  readonly revisions: ReadonlyMap<string, number>;
  /** Producer keys; null: not revoked. */
  readonly keys: ReadonlyMap<string, number | null>;
}

/** The whole state, of everything and everyone: what the rules are asked about. */
export function wholeState(tables: Tables): State {
  const keys: LookupKeys = {
    accounts: tables.accounts.map(([, id]) => id),
    conversations: [],
    people: [],
    whole: tables.conversations.map(([, id]) => id),
  };
  return foldState(rowsOf(tables, keys, [...new Set(tables.notices.map(([, service]) => service))], true));
}

/** As `src/store/lookup-query.ts` has it. */
function rowsOf(
  tables: Tables,
  keys: LookupKeys,
  services: readonly string[],
  everyone: boolean,
): StateRow[] {
  const asked = new Set([...keys.conversations, ...keys.whole, ...keys.people.map(([id]) => id)]);
  const ruleOf = new Map(tables.accounts.map(([, id, , rule]) => [id, rule]));
  const rows: StateRow[] = tables.notices.filter(([, service]) => services.includes(service));
  rows.push(...tables.accounts.filter(([, id]) => keys.accounts.includes(id)));
  const { settings, consents } = latestOf(tables);
  rows.push(...settings.filter((row) => keys.accounts.includes(row[1]) && services.includes(row[2])));
  const ofServices = consents.filter((row) => services.includes(row[3]));
  rows.push(...ofServices.filter((row) => row[2] === "" && keys.accounts.includes(row[1])));
  for (const [word, id, account, kind, labels, startedAt, endedAt] of tables.conversations) {
    if (!asked.has(id)) continue;
    const whole = everyone || keys.whole.includes(id) || ruleOf.get(account) === "everyone";
    rows.push([word, id, account, kind, labels, startedAt, endedAt, whole ? 1 : 0]);
    const hosts = ofServices.filter((row) => row[1] === account && row[2] === id);
    rows.push(...hosts);
    const people = new Set([
      ...keys.people.filter(([conversation]) => conversation === id).map(([, person]) => person),
      ...hosts.map((row) => row[6]),
      ...(whole ? tables.presence.filter((row) => row[1] === id).map((row) => row[2]) : []),
    ]);
    rows.push(...tables.presence.filter((row) => row[1] === id && people.has(row[2])));
    rows.push(
      ...tables.showings.filter((row) => row[1] === id && people.has(row[2]) && services.includes(row[3])),
    );
    for (const [row, of] of tables.answers) {
      const [answer, conversation, person, service, ...rest] = row;
      if (of !== account || !people.has(person) || (conversation !== id && conversation !== "")) continue;
      if (service === "" || services.includes(service)) rows.push([answer, id, person, service, ...rest]);
    }
  }
  return rows;
}

interface Latest {
  readonly settings: readonly SettingRow[];
  readonly consents: readonly ConsentRow[];
}

const latestKnown = new WeakMap<Tables, Latest>();

/** Of each account (or its conversation) and service: by instant, and of two at one instant the one recorded last. */
function latestOf(tables: Tables): Latest {
  let known = latestKnown.get(tables);
  if (known === undefined) {
    known = {
      settings: latest(tables.settings, (row) => `${row[1]} ${row[2]}`),
      consents: latest(
        tables.consents.toSorted((a, b) => a[8] - b[8]),
        (row) => `${row[1]} ${row[2]} ${row[3]}`,
      ),
    };
    latestKnown.set(tables, known);
  }
  return known;
}

function latest<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** Calls a database: `apply` reads the tables at the instant the query is carried out. */
export type Query = <T>(keyId: string | null, apply: () => T) => Promise<T>;

export function readerOf(current: () => Tables, query: Query, now: () => number): ConsentReader {
  const marks = (tables: Tables, accounts: readonly string[], services: readonly string[], keyId: string) => {
    const revokedAt = tables.keys.get(keyId);
    return {
      revisions: {
        accounts: new Map(accounts.map((id) => [id, tables.revisions.get(id) ?? null] as const)),
        notices: new Map(
          services.map((id) => [id, tables.notices.filter(([, service]) => service === id).length] as const),
        ),
      },
      revokedAt,
    };
  };
  /** Compared with the clock as the answer is read. */
  const result = ({ revisions, revokedAt }: ReturnType<typeof marks>): RevisionsResult => ({
    revisions,
    keyRevoked: revokedAt === undefined || (revokedAt !== null && revokedAt <= now()),
  });
  return {
    async lookup(keys, services, keyId, everyone) {
      const { state, read } = await query(keyId, () => {
        const tables = current();
        return {
          state: foldState(rowsOf(tables, keys, services, everyone)),
          read: marks(tables, keys.accounts, services, keyId),
        };
      });
      return { state, ...result(read), ageMs: 0 };
    },
    async revisions(accounts, services, keyId) {
      return result(await query(keyId, () => marks(current(), accounts, services, keyId)));
    },
    revokedKeys: () =>
      query(null, () => {
        const revoked = [...current().keys].filter((one): one is [string, number] => one[1] !== null);
        return new Map(revoked);
      }),
  };
}
