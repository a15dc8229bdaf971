/** What to send instead of a type that no route reads. Says nothing of the body: the type alone tells. */
import { Fault } from "./fault.ts";

const LINES =
  "Send its records as JSON Lines (application/jsonl): the gate decides on them one by one, and this format has none it can prove.";
const UNPACKED = "Send what is in it, file by file: the gate does not look into archives.";
const DECRYPTED = "Send it decrypted, over TLS: the gate cannot decide on what it cannot read.";
const WHOLE = "Send the whole object in one POST, streamed if it is large: a part of an upload is no record.";
const OTLP_HTTP =
  "Send OTLP over HTTP, as application/json or application/x-protobuf: the gate does not speak gRPC.";

const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/parquet|arrow|feather|avro|tfrecord|hdf5|orc\b|numpy|npy|npz|pickle|pytorch|safetensors/, LINES],
  [
    /\/(x-)?(zip|tar|gtar|gzip|7z-compressed|bzip2|xz|zstd|rar|rar-compressed|zip-compressed)$|vnd\.rar/,
    UNPACKED,
  ],
  [/pgp-|pkcs7|pkcs8|\/jose|\/jwe|encrypted/, DECRYPTED],
  [/^application\/offset\+octet-stream$/, WHOLE],
  [/^application\/grpc/, OTLP_HTTP],
];

/** `type` in lower case, without parameters. */
export function unreadable(type: string): Fault {
  const instead = INSTEAD.find(([types]) => types.test(type))?.[1] ?? null;
  return new Fault("content_type_unsupported", null, instead);
}
