/**
 * Reply, in OTLP's words: 200 with what was not taken as it came, so that no exporter sends again; faults as google.rpc.Status. Statuses and
 * headers are those of any other answer.
 */
import { quiet } from "../base/deadline.ts";
import type { OtlpSignal } from "../config/documents.ts";
import { fullSuccess, type OtlpEncoding, partialSuccess, statusMessage } from "../content/otlp/answer.ts";
import { FAULT_WORDS, type Fault } from "./fault.ts";
import {
  type Answers,
  answerFault,
  answerForwarded,
  answerNothingLeft,
  answerRefused,
  type Told,
} from "./reply.ts";

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

/** JSON unless the request's type is protobuf's. */
export function otlpEncoding(contentType: string | null): OtlpEncoding {
  return /^application\/x-protobuf[ \t]*(;|$)/i.test(contentType ?? "") ? "protobuf" : "json";
}

export function otlpAnswers(signal: OtlpSignal, encoding: OtlpEncoding): Answers {
  const partial = (exchange: Told): Response => {
    const { dropped } = exchange.counts;
    return inEncoding(
      answerNothingLeft(exchange),
      encoding,
      changed(exchange)
        ? partialSuccess(encoding, signal, dropped, removedWords(exchange))
        : fullSuccess(encoding),
    );
  };
  return {
    forwarded(exchange, response) {
      if (!response.ok || !changed(exchange)) return answerForwarded(exchange, response);
      quiet(Promise.resolve(response.body?.cancel()));
      return partial(exchange);
    },
    nothingLeft: partial,
    fault: (fault, ...rest) => asStatus(answerFault(fault, ...rest), fault, encoding),
  };
}

/** Of a request that never became an exchange. */
export function otlpRefused(fault: Fault, encoding: OtlpEncoding): Response {
  return asStatus(answerRefused(fault), fault, encoding);
}

function changed({ counts }: Told): boolean {
  return counts.stripped > 0 || counts.dropped > 0;
}

function removedWords({ counts }: Told): string {
  return `Removed what may hold content: ${counts.dropped} items wholly, and parts of ${counts.stripped}. See docs/formats/otlp.md.`;
}

function asStatus(plain: Response, fault: Fault, encoding: OtlpEncoding): Response {
  const { status, title, advice } = FAULT_WORDS[fault.code];
  const code = CODES[status] ?? (status < 500 ? 3 : 13);
  return inEncoding(plain, encoding, statusMessage(encoding, code, `${fault.code}: ${title}. ${advice}`));
}

/** The same answer with another body. */
function inEncoding(plain: Response, encoding: OtlpEncoding, body: Uint8Array): Response {
  const headers = new Headers(plain.headers);
  headers.set("content-type", MEDIA_TYPE[encoding]);
  return new Response(body as Uint8Array<ArrayBuffer>, { status: plain.status, headers });
}
