/**
 * Reply, in OTLP's words: 200 with what was not taken as it came, so that no exporter sends again; faults as google.rpc.Status. Statuses and
 * headers are those of any other answer.
 */
import { quiet, within } from "../base/deadline.ts";
import type { OtlpSignal } from "../config/documents.ts";
import {
  fullSuccess,
  type OtlpEncoding,
  partialSuccess,
  type Rejected,
  rejectedIn,
  statusMessage,
} from "../content/otlp/answer.ts";
import type { ExchangeOutcome } from "../evidence/entries.ts";
import { FAULT_WORDS, type Fault } from "./fault.ts";
import {
  type Answers,
  answerCounts,
  answerFault,
  answerForwarded,
  answerRefused,
  type Told,
} from "./reply.ts";
import { concat } from "./slices.ts";

const MEDIA_TYPE: Readonly<Record<OtlpEncoding, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
};

/** google.rpc.Code by HTTP status; any other below 500 is INVALID_ARGUMENT, from there on INTERNAL. */
const CODES: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  502: 14,
  503: 14,
  504: 4,
};

const NOTHING = new Uint8Array(0);
const ANSWER_BYTES_MAX = 65_536;
const ANSWER_MS_MAX = 5_000;
/** Of an upstream's words. */
const MESSAGE_CHARS_MAX = 1_000;

/** JSON unless the request's type is protobuf's. */
export function otlpEncoding(contentType: string | null): OtlpEncoding {
  return /^application\/x-protobuf[ \t]*(;|$)/i.test(contentType ?? "") ? "protobuf" : "json";
}

export function otlpAnswers(signal: OtlpSignal, encoding: OtlpEncoding): Answers {
  const partial = (exchange: Told, outcome: ExchangeOutcome, upstreams: Rejected): Response => {
    const { dropped, stripped } = exchange.counts;
    const removed = `Removed what may hold content: ${dropped} items wholly, and parts of ${stripped}. See docs/formats/otlp.md.`;
    const words = [removed, upstreams.errorMessage.slice(0, MESSAGE_CHARS_MAX)].join(" ").trimEnd();
    const body = changed(exchange)
      ? partialSuccess(encoding, signal, dropped + upstreams.count, words)
      : fullSuccess(encoding);
    return inEncoding(answerCounts(exchange, outcome), encoding, body);
  };
  return {
    async forwarded(exchange, response, outcome) {
      if (!response.ok || !changed(exchange)) return answerForwarded(exchange, response, outcome);
      const theirs = otlpEncoding(response.headers.get("content-type"));
      return partial(exchange, outcome, rejectedIn(theirs, signal, await beginningOf(response)));
    },
    nothingLeft: (exchange) => partial(exchange, "dropped", { count: 0, errorMessage: "" }),
    fault: (fault, ...rest) => asStatus(answerFault(fault, ...rest), fault, encoding),
  };
}

/** Of an upstream's answer, which is a few words: a long one, or one that does not come, says nothing here. */
async function beginningOf(response: Response): Promise<Uint8Array> {
  if (response.body === null) return NOTHING;
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  const read = async (): Promise<Uint8Array> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      size += next.value.length;
      if (size > ANSWER_BYTES_MAX) return NOTHING;
    }
    return concat(pieces);
  };
  try {
    return await within(read(), ANSWER_MS_MAX, () => NOTHING);
  } catch {
    return NOTHING;
  } finally {
    quiet(reader.cancel());
  }
}

/** Of a request that never became an exchange. */
export function otlpRefused(fault: Fault, encoding: OtlpEncoding): Response {
  return asStatus(answerRefused(fault), fault, encoding);
}

function changed({ counts }: Told): boolean {
  return counts.stripped > 0 || counts.dropped > 0;
}

function asStatus(plain: Response, fault: Fault, encoding: OtlpEncoding): Response {
  const { status, title, advice } = FAULT_WORDS[fault.code];
  const code = CODES[status] ?? (status < 500 ? 3 : 13);
  return inEncoding(
    plain,
    encoding,
    statusMessage(encoding, code, `${fault.code}: ${title}. ${fault.advice ?? advice}`),
  );
}

/** The same answer with another body. */
function inEncoding(plain: Response, encoding: OtlpEncoding, body: Uint8Array): Response {
  const headers = new Headers(plain.headers);
  headers.set("content-type", MEDIA_TYPE[encoding]);
  return new Response(body as Uint8Array<ArrayBuffer>, { status: plain.status, headers });
}
