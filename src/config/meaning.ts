/** What the parts of a configuration must be to each other: ids, upstreams and purposes. Pure. A part that is unsound is passed over. */
import type { LooseConfig, LooseIssuer, LooseRoute } from "./loose.ts";
import { checkUpstreamUrl, destination } from "./names.ts";
import { type Path, type Problem, quote } from "./problems.ts";
import { fieldRuleProblems, shapeProblems } from "./shape-meaning.ts";
import { vocabularyProblems } from "./vocabulary-meaning.ts";

export function meaningProblems(config: LooseConfig): Problem[] {
  const routes = config.routes ?? [];
  return [
    ...repeated(config.services, "id", "services"),
    ...upstreamProblems(config),
    ...repeated(routes, "id", "routes"),
    ...repeated(routes, "path", "routes"),
    ...routes.flatMap((route, index) =>
      route === undefined ? [] : routeProblems(route, ["routes", index], config),
    ),
    ...recipientProblems(config),
    ...repeated(config.issuers, "issuer", "issuers"),
    ...(config.issuers ?? []).flatMap((issuer, index) =>
      issuer === undefined ? [] : issuerProblems(issuer, ["issuers", index]),
    ),
    ...vocabularyProblems(config),
  ];
}

function repeated<K extends string>(
  list: readonly ({ readonly [P in K]?: string | undefined } | undefined)[] | undefined,
  member: K,
  of: string,
): Problem[] {
  const values = (list ?? []).map((one) => one?.[member]);
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (value === undefined || first === index) return [];
    const says = `${quote(value)} is that of ${of}[${first}] already; give each its own`;
    return [{ path: [of, index, member], says }];
  });
}

/** `train` shares an upstream with no other purpose, under whatever name it goes. */
function upstreamProblems({ upstreams = {} }: LooseConfig): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, { readonly name: string; readonly trains: boolean }>();
  for (const [name, upstream] of Object.entries(upstreams)) {
    const purposes = upstream?.purposes;
    if (purposes === undefined) continue;
    const trains = purposes.includes("train");
    if (trains && purposes.length > 1) {
      problems.push({
        path: ["upstreams", name, "purposes"],
        says: "train shares an upstream with no other purpose; give the others an upstream of their own",
      });
    }
    const place = placeOf(upstream?.url);
    if (place === undefined) continue;
    const other = seen.get(place);
    if (other === undefined) seen.set(place, { name, trains });
    else if (other.trains !== trains) {
      problems.push({
        path: ["upstreams", name, "url"],
        says: `leads where upstreams.${other.name} leads, and only one of them trains; give one of them another URL`,
      });
    }
  }
  return problems;
}

function placeOf(url: string | undefined): string | undefined {
  return url === undefined || checkUpstreamUrl(url) !== null ? undefined : destination(url);
}

/** Who receives is a property of the destination: routes to one place cannot differ on it. */
function recipientProblems({ upstreams = {}, routes = [] }: LooseConfig): Problem[] {
  const seen = new Map<string, { readonly index: number; readonly recipient: string }>();
  return routes.flatMap((route, index) => {
    const name = route?.upstream;
    if (name === undefined || route?.recipient === undefined || !Object.hasOwn(upstreams, name)) return [];
    const place = placeOf(upstreams[name]?.url);
    if (place === undefined) return [];
    const other = seen.get(place);
    if (other === undefined) {
      seen.set(place, { index, recipient: route.recipient });
      return [];
    }
    if (other.recipient === route.recipient) return [];
    const says = `routes[${other.index}] leads to the same place as ${other.recipient}; say the same in both, or separate them`;
    return [{ path: ["routes", index, "recipient"], says }];
  });
}

function issuerProblems(issuer: LooseIssuer, path: Path): Problem[] {
  const problems: Problem[] = [];
  const add = (member: string, says: string) => problems.push({ path: [...path, member], says });
  if (Object.hasOwn(issuer, "jwks") === Object.hasOwn(issuer, "jwks_url")) {
    add("jwks_url", "write either jwks_url or jwks, and not both");
  }
  if (issuer.accounts !== undefined && issuer.roles?.includes("operator")) {
    add("roles", "an operator is bound to no account: remove operator, or remove accounts");
  }
  return problems;
}

function routeProblems(route: LooseRoute, path: Path, config: LooseConfig): Problem[] {
  const problems: Problem[] = [];
  const add = (member: string, says: string) => problems.push({ path: [...path, member], says });
  const { upstream: name, purpose, recipient } = route;

  if (name !== undefined && config.upstreams !== undefined) {
    if (!Object.hasOwn(config.upstreams, name)) {
      const known = Object.keys(config.upstreams).join(", ") || "none is defined";
      add("upstream", `${quote(name)} is not among upstreams; name one of them (${known})`);
    } else {
      const purposes = config.upstreams[name]?.purposes;
      if (purposes !== undefined && purpose !== undefined && !purposes.includes(purpose)) {
        add(
          "purpose",
          `upstreams.${name} does not serve ${purpose}; choose an upstream whose purposes include it`,
        );
      }
    }
  }

  if (Object.hasOwn(route, "opaque")) {
    if (recipient === "third-party" && route.service_data_to_third_party !== true) {
      add(
        "service_data_to_third_party",
        "an opaque body goes to a third party only where this is true; set it, or change the recipient",
      );
    }
    return problems;
  }
  problems.push(...contentRouteProblems(route, path, config));
  const { document } = route;
  if (document !== undefined && "vcon" in document && document.vcon?.party_fields !== undefined) {
    const at = [...path, "document", "vcon", "party_fields"];
    problems.push(...fieldRuleProblems(document.vcon.party_fields, at, null));
  }
  problems.push(...mediaFormProblems(route, path));
  const whole = Object.hasOwn(route, "document") || Object.hasOwn(route, "media");
  return whole ? problems : [...problems, ...recordRouteProblems(route, path)];
}

/** Each part of a form has a name of its own. */
function mediaFormProblems({ media }: LooseRoute, path: Path): Problem[] {
  const { metadata, file, fields = {} } = media?.form ?? {};
  const names = [metadata, file].filter((name) => name !== undefined);
  const at = [...path, "media", "form"];
  const problems = names
    .filter((name) => Object.hasOwn(fields, name))
    .map((name) => ({ path: [...at, "fields", name], says: "this part is none of the fields; remove it" }));
  if (metadata === undefined || metadata !== file) return problems;
  return [...problems, { path: [...at, "file"], says: "is the name of the metadata; give it its own" }];
}

function contentRouteProblems(route: LooseRoute, path: Path, config: LooseConfig): Problem[] {
  const problems: Problem[] = [];
  const add = (member: Path, says: string) => problems.push({ path: [...path, ...member], says });
  const { purpose, services, kinds } = route;

  for (const [index, id] of (services ?? []).entries()) {
    if (
      id !== undefined &&
      config.services !== undefined &&
      !config.services.some((service) => service?.id === id)
    ) {
      add(["services", index], `${quote(id)} is not among services; add it there or correct it`);
    }
  }
  if (services?.length === 0 && (purpose === "train" || purpose === "serve")) {
    const which = purpose === "train" ? "the model improves" : "the data is for";
    add(
      ["services"],
      `name every service ${which}: without one, nobody's enabling or consent would be asked for`,
    );
  }
  if (purpose === "protect" && kinds !== undefined && (kinds.length !== 1 || kinds[0] !== "invite")) {
    add(["kinds"], 'a protect route scans invites and nothing else; write ["invite"]');
  }
  return problems;
}

function recordRouteProblems(route: LooseRoute, path: Path): Problem[] {
  const problems: Problem[] = [];
  const add = (member: Path, says: string) => problems.push({ path: [...path, ...member], says });
  const { formats, json_sent_as, wrapper, multipart, limits } = route;

  if (wrapper !== undefined && formats !== undefined && !formats.includes("json")) {
    add(["wrapper"], "only json has a wrapper; remove it or add json to formats");
  }
  if (formats?.includes("cloudevents-binary")) problems.push(...eventProblems(route, path));
  if (json_sent_as !== undefined && formats !== undefined && !formats.includes("json")) {
    add(["json_sent_as"], "only json may be sent as something else; remove it or add json to formats");
  }
  for (const [index, type] of (json_sent_as ?? []).entries()) {
    if (
      type !== undefined &&
      (/^(multipart|audio|video)\//.test(type) || /\b(json|jsonl|ndjson|jsonlines)\b/.test(type))
    ) {
      add(
        ["json_sent_as", index],
        "this type says truly what a body is; name one that senders write wrongly",
      );
    }
  }
  if (formats !== undefined && formats.includes("multipart") !== (multipart !== undefined)) {
    add(["multipart"], "multipart in formats and the member multipart go together; write both or neither");
  }
  const file = multipart?.file;
  if (file !== undefined && Object.hasOwn(multipart?.fields ?? {}, file)) {
    add(["multipart", "fields", file], "this part is the file of records; remove it from the fields");
  }
  if (wrapper?.fields !== undefined) {
    problems.push(
      ...fieldRuleProblems(wrapper.fields, [...path, "wrapper", "fields"], wrapper.items ?? null),
    );
  }
  const { record_bytes_max: record, body_bytes_max: body } = limits ?? {};
  if (record !== undefined && body !== undefined && record > body) {
    add(
      ["limits", "record_bytes_max"],
      "a record cannot be larger than its body; lower it to body_bytes_max",
    );
  }
  return [...problems, ...shapeProblems(route, path)];
}

/** An event in headers is one thing with its body: there is nothing around either. */
function eventProblems({ shape, attribution }: LooseRoute, path: Path): Problem[] {
  const problems: Problem[] = [];
  if (attribution !== undefined) {
    const says =
      "an event in headers says itself whose it is; remove this, or cloudevents-binary from formats";
    problems.push({ path: [...path, "attribution"], says });
  }
  if (shape?.record !== undefined) {
    const says =
      "an event in headers comes without an envelope; remove this, or cloudevents-binary from formats";
    problems.push({ path: [...path, "shape", "record"], says });
  }
  if (![undefined, "/type"].includes(shape?.discriminator)) {
    const says = 'events in headers are told apart by their type; write "/type"';
    problems.push({ path: [...path, "shape", "discriminator"], says });
  }
  return problems;
}
