/** The shape of a configuration: which members there are and what each may hold, one by one. What they mean together: `meaning.ts`. */
import * as v from "valibot";
import { KINDS, LABELS, PARTICIPATION_RULES, PURPOSES, RECIPIENTS } from "../decision/model.ts";
import { namesContent } from "./content-names.ts";
import { RECORD_FORMATS } from "./define.ts";
import { MEDIA_TYPES, OTLP_SIGNALS } from "./documents.ts";
import { PRIVATE_MEMBERS, ROLES, TOKEN_ALGORITHMS } from "./identity.ts";
import { LIMITS } from "./limits.ts";
import {
  checkAccountId,
  checkAttributeKey,
  checkClaimName,
  checkDuration,
  checkHeaderName,
  checkHost,
  checkId,
  checkInstant,
  checkIssuer,
  checkListPointer,
  checkMediaType,
  checkMemberName,
  checkPartName,
  checkPath,
  checkPointer,
  checkSecretName,
  checkSentence,
  checkSinglePointer,
  checkSourcePath,
  checkUpstreamUrl,
} from "./names.ts";

const PRESENCE_SETTLE_S_MAX = 86_400;

/** An object of these members and no others. Unlike `strictObject` it names every unknown member, not the first. */
function members<const T extends v.ObjectEntries>(entries: T) {
  return v.objectWithRest(entries, v.never());
}

/** Text that a check finds nothing wrong with. */
function text(check: (value: string) => string | null) {
  return v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? check(dataset.value) : null;
      if (problem !== null) addIssue({ message: problem });
    }),
  );
}

/** At least one, and none twice. */
function distinct<const T extends v.GenericSchema>(item: T) {
  return v.pipe(
    v.array(item),
    v.minLength(1, "name at least one"),
    v.check((all) => new Set(all).size === all.length, "remove what is named twice"),
  );
}

/** As `distinct`, but may be empty. */
function distinctOrNone<const T extends v.GenericSchema>(item: T) {
  return v.pipe(
    v.array(item),
    v.check((all) => new Set(all).size === all.length, "remove what is named twice"),
  );
}

function integer(min: number, max: number) {
  return v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= min && value <= max,
      `write a whole number from ${min} to ${max}`,
    ),
  );
}

function has(input: unknown, member: string): boolean {
  return typeof input === "object" && input !== null && Object.hasOwn(input, member);
}

const kind = v.picklist(KINDS);
const pointer = text(checkPointer);
const singlePointer = text(checkSinglePointer);
const word = text((value) => (value === "" ? "must not be empty" : null));

const wordsRule = members({ words: distinct(text(checkWord)) });
const namedRule = v.picklist(["number", "boolean", "timestamp", "id"]);
const rule = v.lazy((input) => (typeof input === "object" && input !== null ? wordsRule : namedRule));

const fieldRules = v.record(
  text(
    (value) =>
      checkPointer(value) ??
      (namesContent(value)
        ? "a member of this name holds or opens content, so it cannot be service data; remove it"
        : null),
  ),
  rule,
);

function checkWord(value: string): string | null {
  return /^[\x20-\x7e]{1,64}$/.test(value) ? null : "write words of 1 to 64 printable ASCII characters";
}

/** With `*`, the time spans all that is found. */
const time = members({
  pointer,
  format: v.exactOptional(v.picklist(["rfc3339", "epoch_ms"])),
});

const wordMeanings = v.record(text(checkWord), v.picklist(["refused", "nothing", ...LABELS]));

const refusing = { pointer: singlePointer, required_in: v.exactOptional(singlePointer) };

function refusal(input: unknown) {
  if (has(input, "words"))
    return members({ ...refusing, words: wordMeanings, listed: v.exactOptional(v.boolean()) });
  if (has(input, "if_listed")) return members({ ...refusing, if_listed: someOr("any", distinct(word)) });
  return members({ ...refusing, unless_true: someOr("all", distinct(text(checkMemberName))) });
}

function someOr<const W extends string, const T extends v.GenericSchema>(whole: W, some: T) {
  return v.lazy((input) => (typeof input === "string" ? v.literal(whole) : some));
}

const refused_by = v.exactOptional(v.array(v.lazy(refusal)));

const content = members({
  account: v.exactOptional(singlePointer),
  conversation: v.exactOptional(singlePointer),
  speaker: v.exactOptional(singlePointer),
  speakers: v.exactOptional(text(checkListPointer)),
  speaker_required: v.exactOptional(v.boolean()),
  private_to: v.exactOptional(distinct(pointer)),
  public_when: v.exactOptional(members({ pointer: singlePointer, values: distinct(word) })),
  kind: v.lazy((input) =>
    has(input, "pointer")
      ? members({ pointer, map: v.exactOptional(v.record(word, v.union([kind, distinct(kind)]))) })
      : members({ fixed: kind }),
  ),
  also: v.exactOptional(v.record(pointer, kind)),
  captured_at: v.exactOptional(time),
  captured_until: v.exactOptional(time),
  labels: v.exactOptional(pointer),
  refused_by,
  embedded: v.exactOptional(
    members({ pointer: singlePointer, media_type: singlePointer, binary: singlePointer }),
  ),
});

const when = v.exactOptional(distinct(word));
const strip_needs = v.exactOptional(distinct(singlePointer));
const contentVariant = members({
  when,
  content,
  strip_to: v.exactOptional(fieldRules),
  strip_needs,
  turns: v.exactOptional(members({ of: singlePointer, speakers: singlePointer })),
});
const serviceDataVariant = members({ when, service_data: fieldRules, refused_by, strip_needs });

const shape = members({
  record: v.exactOptional(singlePointer),
  discriminator: v.exactOptional(singlePointer),
  variants: v.pipe(
    v.array(v.lazy((input) => (has(input, "content") ? contentVariant : serviceDataVariant))),
    v.minLength(1, "describe at least one kind of record"),
  ),
});

const transcript = members({ plain: v.exactOptional(v.boolean()) });

const kindByWord = v.exactOptional(v.record(word, kind));
const vcon = members({
  person: v.exactOptional(distinct(text(checkMemberName))),
  everybody: v.exactOptional(v.record(text(checkMemberName), distinct(word))),
  account: v.exactOptional(singlePointer),
  conversation: v.exactOptional(singlePointer),
  kinds: v.exactOptional(
    members({
      dialog: kindByWord,
      analysis: kindByWord,
      attachment: kindByWord,
      conversation: v.exactOptional(kind),
    }),
  ),
  grants: v.exactOptional(v.record(word, distinctOrNone(kind))),
  party_fields: v.exactOptional(fieldRules),
});

const otlp = members({
  signal: v.picklist(OTLP_SIGNALS),
  attributes: v.exactOptional(
    v.record(
      text(
        (key) =>
          checkAttributeKey(key) ??
          (namesContent(`/${key.replaceAll(/[/:@]/g, ".")}`)
            ? "an attribute of this name holds or opens content, so it cannot be service data; remove it"
            : null),
      ),
      rule,
    ),
  ),
});

/** Exactly one format. */
const document = v.lazy((input) => {
  if (has(input, "vcon")) return members({ vcon });
  return has(input, "otlp") ? members({ otlp }) : members({ transcript });
});

const routeBase = {
  id: text(checkId),
  path: text(checkPath),
  upstream: v.string(),
  purpose: v.picklist(PURPOSES),
  recipient: v.picklist(RECIPIENTS),
  service_data_to_third_party: v.exactOptional(v.boolean()),
};

const contentRouteBase = { ...routeBase, services: distinctOrNone(v.string()), kinds: distinctOrNone(kind) };

const onDeny = v.picklist(["strip", "drop", "reject"]);
const holdBytes = integer(1, LIMITS.hold_bytes_max);
const bodyBytes = integer(1, LIMITS.body_bytes_max);

const recordRoute = members({
  ...contentRouteBase,
  shape: v.exactOptional(shape),
  attribution: v.exactOptional(v.literal("headers")),
  formats: distinct(v.picklist(RECORD_FORMATS)),
  json_sent_as: v.exactOptional(distinct(text(checkMediaType))),
  wrapper: v.exactOptional(members({ items: text(checkMemberName), fields: v.exactOptional(fieldRules) })),
  multipart: v.exactOptional(
    members({ file: text(checkPartName), fields: v.exactOptional(v.record(text(checkPartName), rule)) }),
  ),
  on_deny: onDeny,
  service_data_excess: v.exactOptional(v.picklist(["strip", "refuse"])),
  limits: v.exactOptional(
    members({
      record_bytes_max: v.exactOptional(integer(1, LIMITS.record_bytes_max)),
      hold_bytes_max: v.exactOptional(holdBytes),
      body_bytes_max: v.exactOptional(bodyBytes),
    }),
  ),
});

const documentRoute = members({
  ...contentRouteBase,
  document,
  on_deny: onDeny,
  limits: v.exactOptional(members({ hold_bytes_max: v.exactOptional(holdBytes) })),
});

const mediaRoute = members({
  ...contentRouteBase,
  media: members({
    types: distinct(v.picklist(MEDIA_TYPES)),
    form: v.exactOptional(
      members({
        metadata: text(checkPartName),
        file: text(checkPartName),
        fields: v.exactOptional(v.record(text(checkPartName), rule)),
      }),
    ),
  }),
  on_deny: v.picklist(["drop", "reject"]),
  limits: v.exactOptional(members({ body_bytes_max: v.exactOptional(bodyBytes) })),
});

const opaqueRoute = members({
  ...routeBase,
  opaque: members({
    accepted_by: text(checkSentence),
    reason: text(checkSentence),
    accepted_at: text(checkInstant),
  }),
  content_types: distinct(text(checkMediaType)),
});

const service = members({ id: text(checkId), name: text(checkSentence), opt_in: v.boolean() });

const upstream = members({
  url: text(checkUpstreamUrl),
  purposes: distinct(v.picklist(PURPOSES)),
  headers_from_secrets: v.exactOptional(v.record(text(checkHeaderName), text(checkSecretName))),
});

const scalar = v.union([v.string(), v.number(), v.boolean()]);

const authzen = members({
  vocabulary: v.pipe(
    v.array(
      members({
        action: word,
        when: v.exactOptional(v.record(singlePointer, scalar)),
        route: v.string(),
        content,
        captured_now: v.exactOptional(v.boolean()),
      }),
    ),
    v.minLength(1, "describe at least one word"),
  ),
});

const claim = text(checkClaimName);

const publicKey = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check(
    (key) => ["OKP", "EC", "RSA"].includes(String(key.kty)),
    "write a public key as RFC 7517 has it, with kty OKP, EC or RSA",
  ),
  v.check(
    (key) => !PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name)),
    "remove the private part: only the issuer may have it",
  ),
);

const issuer = members({
  issuer: text(checkIssuer),
  audience: text(checkIssuer),
  algorithms: distinct(v.picklist(TOKEN_ALGORITHMS)),
  roles: distinct(v.picklist(ROLES)),
  accounts: v.exactOptional(distinct(text(checkAccountId))),
  jwks_url: v.exactOptional(text(checkUpstreamUrl)),
  jwks: v.exactOptional(
    members({ keys: v.pipe(v.array(publicKey), v.minLength(1, "add at least one key")) }),
  ),
  claims: v.exactOptional(
    members({
      role: v.exactOptional(claim),
      account: v.exactOptional(claim),
      conversation: v.exactOptional(claim),
      person: v.exactOptional(claim),
    }),
  ),
});

const zoomSources = v.pipe(
  v.array(
    members({
      path: text(checkSourcePath),
      account: text(checkAccountId),
      zoom_account_id: v.exactOptional(text(checkAccountId)),
      secret: text(checkSecretName),
      person: v.exactOptional(v.picklist(["user_id", "email"])),
    }),
  ),
  v.check((all) => new Set(all.map(({ path }) => path)).size === all.length, "give each a path of its own"),
);

const receipts = members({
  controller: members({
    id: text(checkUpstreamUrl),
    name: text(checkSentence),
    address: text(checkSentence),
    contact: text(checkSentence),
    jurisdiction: text(checkSentence),
  }),
  manage_at: text(checkUpstreamUrl),
  storage_duration: text(checkDuration),
  storage_location: text(checkSentence),
});

function routeSchema(input: unknown) {
  if (has(input, "opaque")) return opaqueRoute;
  if (has(input, "document")) return documentRoute;
  return has(input, "media") ? mediaRoute : recordRoute;
}

export const configSchema = members({
  issuers: v.exactOptional(v.array(issuer)),
  hosts: distinct(text(checkHost)),
  services: v.array(service),
  participation_rule_min: v.exactOptional(v.picklist(PARTICIPATION_RULES)),
  presence_settle_s: v.exactOptional(integer(0, PRESENCE_SETTLE_S_MAX)),
  consent_cache_ms_max: v.exactOptional(integer(0, LIMITS.consent_cache_ms_max)),
  evidence_retention_days: v.exactOptional(integer(LIMITS.retention_days_min, LIMITS.retention_days_max)),
  impact_webhook: v.exactOptional(members({ url: text(checkUpstreamUrl), secret: text(checkSecretName) })),
  receipts: v.exactOptional(receipts),
  upstreams: v.record(text(checkId), upstream),
  sources: v.exactOptional(members({ zoom: v.exactOptional(zoomSources) })),
  routes: v.pipe(v.array(v.lazy(routeSchema)), v.minLength(1, "add at least one route")),
  authzen: v.exactOptional(authzen),
});
