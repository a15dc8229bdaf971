/**
 * An AuthZEN request as far as its structure goes: who, what action, on what, in which context; and a batch of them with its defaults.
 * Members that nobody here knows are passed over, as the protocol asks. Pure; knows nothing of consent.
 */
import { LIMITS } from "../../config/limits.ts";
import type { ControlFault } from "../fault.ts";

type Members = Readonly<Record<string, unknown>>;

export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Members;
}

export interface Evaluation {
  readonly subject: Entity;
  readonly action: { readonly name: string; readonly properties?: Members };
  readonly resource: Entity;
  readonly context?: Members;
}

export const SEMANTICS = ["execute_all", "deny_on_first_deny", "permit_on_first_permit"] as const;
export type Semantic = (typeof SEMANTICS)[number];

export interface Batch {
  readonly semantic: Semantic;
  /** In the order of the request; a fault stands for one that is none. */
  readonly evaluations: readonly (Evaluation | ControlFault)[];
}

const REQUIRED = { subject: ["type", "id"], action: ["name"], resource: ["type", "id"] } as const;
type EntityName = keyof typeof REQUIRED;
const ENTITIES = Object.keys(REQUIRED) as EntityName[];

/** One evaluation: of a request, or with a request's defaults. What overrides a default replaces it whole, but for required members it lacks. */
export function readEvaluation(own: unknown, defaults: Members = {}): Evaluation | ControlFault {
  if (!isObject(own)) return { code: "field_invalid", field: "evaluations", expected: "objects" };
  const read: Record<string, unknown> = {};
  for (const name of ENTITIES) {
    const entity = entityOf(name, member(own, name), member(defaults, name));
    if ("code" in entity) return entity as ControlFault;
    read[name] = entity;
  }
  const context = member(Object.hasOwn(own, "context") ? own : defaults, "context");
  if (context !== undefined) {
    if (!isObject(context)) return notAnObject("context");
    read.context = context;
  }
  return read as unknown as Evaluation;
}

/** A single evaluation where there is no batch or an empty one. */
export function readRequest(body: unknown): Evaluation | Batch | ControlFault {
  if (!isObject(body)) return { code: "json_invalid" };
  const several = member(body, "evaluations");
  if (several === undefined) return readEvaluation(body);
  if (!Array.isArray(several)) return { code: "field_invalid", field: "evaluations", expected: "an array" };
  const semantic = semanticOf(member(body, "options"));
  if (typeof semantic !== "string") return semantic;
  if (several.length === 0) return readEvaluation(body);
  if (several.length > LIMITS.evaluations_max) {
    const expected = `at most ${LIMITS.evaluations_max} evaluations at once`;
    return { code: "field_invalid", field: "evaluations", expected };
  }
  const wrong = defaultsFault(body);
  if (wrong !== null) return wrong;
  return { semantic, evaluations: several.map((one) => readEvaluation(one, body)) };
}

/** Own or default; `undefined` where there is neither. */
function entityOf(name: EntityName, own: unknown, fallback: unknown): Members | ControlFault {
  const given = own === undefined ? fallback : own;
  if (given === undefined) return { code: "field_missing", field: name };
  if (!isObject(given)) return notAnObject(name);
  const entity: Record<string, unknown> = {};
  for (const part of REQUIRED[name]) {
    const whole = Object.hasOwn(given, part) || !isObject(fallback) ? given : fallback;
    const value = member(whole, part);
    const field = `${name}.${part}`;
    if (value === undefined) return { code: "field_missing", field };
    if (typeof value !== "string") return { code: "field_invalid", field, expected: "a string" };
    entity[part] = value;
  }
  const properties = member(given, "properties");
  if (properties === undefined) return entity;
  if (!isObject(properties)) return notAnObject(`${name}.properties`);
  return { ...entity, properties };
}

/** A default need not be whole, and what it has must be of the right type: it is part of every evaluation. */
function defaultsFault(body: Members): ControlFault | null {
  for (const name of [...ENTITIES, "context"] as const) {
    const given = member(body, name);
    if (given === undefined) continue;
    if (!isObject(given)) return notAnObject(name);
    if (name === "context") continue;
    for (const part of REQUIRED[name]) {
      const value = member(given, part);
      if (value !== undefined && typeof value !== "string") {
        return { code: "field_invalid", field: `${name}.${part}`, expected: "a string" };
      }
    }
    const properties = member(given, "properties");
    if (properties !== undefined && !isObject(properties)) return notAnObject(`${name}.properties`);
  }
  return null;
}

function semanticOf(options: unknown): Semantic | ControlFault {
  if (options === undefined) return "execute_all";
  if (!isObject(options)) return notAnObject("options");
  const asked = member(options, "evaluations_semantic");
  if (asked === undefined) return "execute_all";
  const semantic = SEMANTICS.find((known) => known === asked);
  const expected = `one of ${SEMANTICS.join(", ")}`;
  return semantic ?? { code: "field_invalid", field: "options.evaluations_semantic", expected };
}

function notAnObject(field: string): ControlFault {
  return { code: "field_invalid", field, expected: "an object" };
}

/** An own member: what an object inherits was never sent. */
function member(object: Members, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
