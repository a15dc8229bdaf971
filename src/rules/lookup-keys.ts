/** The keys a look-up must ask for, each once. Pure. */
import { LIMITS } from "../config/limits.ts";
import type { LookupKeys } from "../consent/port.ts";
import type { Item } from "../decision/model.ts";

export class KeySet {
  readonly #accounts = new Set<string>();
  readonly #conversations = new Set<string>();
  /** By conversation; one person's id by itself, since many conversations have no other. */
  readonly #people = new Map<string, string | Set<string>>();
  readonly #whole = new Set<string>();
  #count = 0;
  #chars = 0;

  add(item: Item): void {
    if (item.type !== "content") return;
    if (item.account !== null) this.#note(this.#accounts, item.account);
    if (item.conversation === null) return;
    this.#note(this.#conversations, item.conversation);
    if (item.speaker === null) this.#note(this.#whole, item.conversation);
    else this.#person(item.conversation, item.speaker);
    for (const person of item.privateTo ?? []) this.#person(item.conversation, person);
  }

  /** Whether one more record would make the look-up too large; `keysMax`: or larger than it is to be. */
  isFull(keysMax: number = LIMITS.window_keys_max): boolean {
    return this.#count >= keysMax || this.#chars >= LIMITS.window_key_chars_max;
  }

  /** Whether nothing has to be looked up. */
  get empty(): boolean {
    return this.#count === 0;
  }

  /** Whether `other` asks for all of these too. */
  isWithin(other: KeySet): boolean {
    for (const id of this.#accounts) if (!other.#accounts.has(id)) return false;
    for (const id of this.#conversations) if (!other.#conversations.has(id)) return false;
    for (const id of this.#whole) if (!other.#whole.has(id)) return false;
    for (const [conversation, persons] of this.#people) {
      const known = other.#people.get(conversation);
      if (known === undefined) return false;
      for (const person of each(persons)) if (!holds(known, person)) return false;
    }
    return true;
  }

  toLookup(): LookupKeys {
    const people: (readonly [string, string])[] = [];
    for (const [conversation, persons] of this.#people) {
      for (const person of each(persons)) people.push([conversation, person]);
    }
    return {
      accounts: [...this.#accounts],
      conversations: [...this.#conversations],
      people,
      whole: [...this.#whole],
    };
  }

  #person(conversation: string, person: string): void {
    if (person === "") return;
    const persons = this.#people.get(conversation);
    if (persons !== undefined && holds(persons, person)) return;
    if (persons === undefined) this.#people.set(conversation, person);
    else if (typeof persons === "string") this.#people.set(conversation, new Set([persons, person]));
    else persons.add(person);
    this.#count += 1;
    this.#chars += conversation.length + person.length + 3;
  }

  #note(set: Set<string>, id: string): void {
    if (set.has(id)) return;
    set.add(id);
    this.#count += 1;
    this.#chars += id.length + 3;
  }
}

function each(persons: string | Set<string>): Iterable<string> {
  return typeof persons === "string" ? [persons] : persons;
}

function holds(persons: string | Set<string>, person: string): boolean {
  return typeof persons === "string" ? persons === person : persons.has(person);
}
