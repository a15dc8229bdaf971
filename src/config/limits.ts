/** Every ceiling, with its unit in its name and its reason beside it. */

export const LIMITS = {
  /** One record, bytes after inflating: a line without end must not fill memory. */
  record_bytes_max: 1_048_576,
  /** What `reject` holds back until every item is decided, bytes: two of these fit beside the rest in 128 MB. */
  hold_bytes_max: 16_777_216,
  /** A whole body, bytes after inflating. */
  body_bytes_max: 1_073_741_824,
  /** Output of inflating per byte of input: 100 MB of zeros come from 97 kB. */
  inflate_ratio_max: 100,
  /** Nesting of a record: `JSON.stringify` overflows near 5,000, other parsers refuse from 500. */
  json_depth_max: 64,
  /** An id: printable ASCII, as the contract's section 9 has it. */
  id_chars_max: 256,
  /** A value of the id shape among service data. */
  service_id_chars_max: 64,
  /** Records looked up, decided and recorded together, bytes: two are in memory at a time, and 1 GiB takes 171, two D1 calls each. */
  window_bytes_max: 6_291_456,
  /** A window of `{}` would hold two million decisions. */
  window_records_max: 32_768,
  /** One lookup's distinct keys: measured 52 to 134 ms for 10,000. */
  window_keys_max: 10_000,
  /** One lookup's keys as JSON, characters: a D1 parameter holds 2 MB. */
  window_key_chars_max: 1_000_000,
  /** A window closes this long after its first byte, however little came, ms. It grows with the age of the exchange. */
  window_ms_min: 200,
  /** How much is handed on at a time, bytes: what may still leave after a change is at most this and the socket's buffer. */
  slice_bytes_max: 262_144,
  /** No byte is handed on under state older than this, ms: the contract's 1 s, less a margin for the write itself. */
  state_age_ms_max: 800,
  /** D1 calls of one exchange: the contract's 500, less a few to close it. */
  exchange_d1_calls_max: 490,
  /** A sender that sends nothing for this long is cut, ms. */
  body_idle_ms_max: 30_000,
  /** What is read and thrown away of a refused body, bytes and ms: an answer is lost to a sender whose unread bytes are still coming. */
  drain_bytes_max: 1_048_576,
  drain_ms_max: 1_000,
  /** From the last byte sent to the upstream's headers, ms. */
  upstream_response_ms_max: 60_000,
  /** A write to the upstream that makes no progress for this long, ms. */
  upstream_stall_ms_max: 30_000,
  /** A whole exchange, ms: keeps one re-check a second within the D1 calls of an exchange. */
  exchange_ms_max: 240_000,
  /** A D1 call of the gate, ms. */
  d1_ms_max: 10_000,
  /** A captured_at ahead of the gate's clock, ms (T8). */
  captured_ahead_ms_max: 300_000,
  /** An isolate's list of revoked keys, for service data: contract, section 9, ms. */
  revocation_age_ms_max: 60_000,
  /** A body of the control plane, bytes. */
  control_body_bytes_max: 1_048_576,
} as const;
