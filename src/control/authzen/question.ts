/**
 * What an evaluation asks: may this item go on this route, sent by whom? In the words of the API, or in those the configuration explains.
 * Where an evaluation says nothing that is understood the answer is no. Pure.
 */
import type { AuthzenTermConfig, ContentVariantConfig, Pointer } from "../../config/define.ts";
import { LIMITS } from "../../config/limits.ts";
import { segmentsOf } from "../../config/names.ts";
import { compileShape, type RecordReader, type Signal } from "../../content/shape.ts";
import type { Item } from "../../decision/model.ts";
import { PURPOSES } from "../../decision/model.ts";
import type { RouteRules } from "../../rules/route-rules.ts";
import { readSignal } from "../../rules/signal.ts";
import { readRecord } from "../advice.ts";
import type { ControlFault } from "../fault.ts";
import type { Evaluation } from "./evaluation.ts";

export interface Question {
  readonly rules: RouteRules;
  readonly items: readonly Item[];
  /** The key of the producer that would send it; null: the sender is not named. */
  readonly keyId: string | null;
}

/** Why there is no question: each a no, and none a fault of the request. */
export type Unclear = "action_unknown" | "route_unknown" | "route_not_named" | "subject_unknown";

export type Understanding = { readonly question: Question } | { readonly unclear: Unclear } | ControlFault;

/** The item, in the words of the API. */
const OWN: ContentVariantConfig["content"] = {
  account: "/resource/properties/account",
  conversation: "/resource/properties/conversation",
  speaker: "/resource/properties/speaker",
  speakers: "/resource/properties/speakers",
  private_to: ["/resource/properties/private_to"],
  kind: { pointer: "/resource/properties/kind" },
  captured_at: { pointer: "/resource/properties/captured_at" },
  captured_until: { pointer: "/resource/properties/captured_until" },
  labels: "/resource/properties/labels",
};

const PERSONS = ["person", "user"];
const PRODUCER = "producer";

const encoder = new TextEncoder();

interface Term extends Pick<AuthzenTermConfig, "action" | "when"> {
  readonly rules: RouteRules;
  readonly reader: RecordReader;
  readonly capturedNow: boolean;
}

export class Vocabulary {
  readonly #rules: ReadonlyMap<string, RouteRules>;
  readonly #terms: readonly Term[];
  /** Of content whose speaker the resource names, and of content that is the subject's. */
  readonly #sent = readerOf(OWN, true);
  readonly #said = readerOf({ ...OWN, speaker: "/subject/id" }, true);

  constructor(terms: readonly AuthzenTermConfig[], rules: ReadonlyMap<string, RouteRules>) {
    this.#rules = rules;
    this.#terms = terms.map(({ action, when, route, content, captured_now }) => ({
      action,
      ...(when === undefined ? {} : { when }),
      rules: rules.get(route)!,
      reader: readerOf(content, false),
      capturedNow: captured_now ?? false,
    }));
  }

  /** `now`: Unix milliseconds, for words that are about content captured at this moment. */
  understand(evaluation: Evaluation, now: number): Understanding {
    const { subject, action, resource, context } = evaluation;
    const keyId = subject.type === PRODUCER ? subject.id : null;
    const term = this.#terms.find((one) => one.action === action.name && holds(one.when, evaluation));
    if (term !== undefined) {
      return this.#read(evaluation, term.rules, term.reader, keyId, term.capturedNow ? now : null);
    }
    const rules = this.#route(action.name, context?.route);
    if (typeof rules === "string") return { unclear: rules };
    if (keyId !== null) return this.#read(evaluation, rules, this.#sent, keyId, null);
    if (!PERSONS.includes(subject.type)) return { unclear: "subject_unknown" };
    const speaker = resource.properties?.speaker;
    if (speaker !== undefined && speaker !== subject.id) {
      const expected = "the subject's id, or leave it out: the content asked about is the subject's";
      return { code: "field_invalid", field: "resource.properties.speaker", expected };
    }
    return this.#read(evaluation, rules, this.#said, null, null);
  }

  /** The one route that the action, and the context where it names one, can mean. */
  #route(action: string, named: unknown): RouteRules | Unclear {
    if (named !== undefined) {
      const rules = typeof named === "string" ? this.#rules.get(named) : undefined;
      if (rules === undefined) return "route_unknown";
      return action === rules.id || action === rules.terms.purpose ? rules : "action_unknown";
    }
    const route = this.#rules.get(action);
    if (route !== undefined) return route;
    if (!PURPOSES.some((purpose) => purpose === action)) return "action_unknown";
    const [only, ...others] = [...this.#rules.values()].filter(({ terms }) => terms.purpose === action);
    if (only === undefined) return "route_unknown";
    return others.length === 0 ? only : "route_not_named";
  }

  #read(
    evaluation: Evaluation,
    rules: RouteRules,
    reader: RecordReader,
    keyId: string | null,
    capturedAt: number | null,
  ): Understanding {
    const bytes = encoder.encode(JSON.stringify(evaluation));
    const found = readRecord(reader, LIMITS.control_body_bytes_max, bytes, signalOf(evaluation));
    if ("fault" in found) return { code: "record_unreadable", fault: found.fault };
    const { items } = found.reading;
    const dated = capturedAt === null ? items : items.map((item) => ({ ...item, capturedAt }));
    return { question: { rules, items: dated, keyId } };
  }
}

function readerOf(content: ContentVariantConfig["content"], typed: boolean): RecordReader {
  const shape = typed
    ? { discriminator: "/resource/type", variants: [{ when: ["content"], content }] }
    : { variants: [{ content }] };
  return compileShape(shape, { serviceDataExcess: "refuse" });
}

function signalOf({ context }: Evaluation): Signal {
  const said = context?.content_usage;
  if (said === undefined) return "none";
  return typeof said === "string" ? readSignal(said) : "malformed";
}

function holds(when: AuthzenTermConfig["when"], evaluation: Evaluation): boolean {
  return Object.entries(when ?? {}).every(([pointer, value]) => valueAt(evaluation, pointer) === value);
}

function valueAt(value: unknown, pointer: Pointer): unknown {
  let at = value;
  for (const name of segmentsOf(pointer)) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}
