/** Every ceiling, with its unit in its name and its reason beside it. */

export const LIMITS = {
  /** One record, bytes after inflating: a line without end must not fill memory. */
  record_bytes_max: 1_048_576,
  /** What `reject` holds back until every item is decided, bytes: two of these fit beside the rest in 128 MB. */
  hold_bytes_max: 16_777_216,
  /** Spans, log records or data points of one OTLP request, and what they lie in: exporters send some thousands at most. */
  otlp_parts_max: 100_000,
  /** A whole body, bytes after inflating. */
  body_bytes_max: 1_073_741_824,
  /** Output of inflating per byte of input: 100 MB of zeros come from 97 kB. */
  inflate_ratio_max: 100,
  /** Lines of one transcript, and what is decided of it: a speaker of one cue. Two days of captions; an empty line weighs a hundred bytes. */
  transcript_lines_max: 200_000,
  /** Parties of one vCon: each may be asked about with each of its parts. */
  vcon_parties_max: 1_000,
  /** Members of the vCon itself, and of its dialogs, analyses and attachments each: all are looked at before any is decided on. */
  vcon_members_max: 1_000,
  vcon_parts_max: 20_000,
  /** What is decided of one vCon: a kind of one part, for one speaker. */
  vcon_decisions_max: 100_000,
  /** Nesting of a record: `JSON.stringify` overflows near 5,000, other parsers refuse from 500. */
  json_depth_max: 64,
  /** Keys of objects with many, of those open at a time: more than any record has room for, but a document has more room. */
  json_keys_max: 200_000,
  /** An id: printable ASCII, as the contract's section 9 has it. */
  id_chars_max: 256,
  /** A value of the id shape among service data. */
  service_id_chars_max: 64,
  /** Records looked up, decided and recorded together, bytes: two windows are in memory at a time. They grow with the body, a quarter of
   * it, so that 1 GiB takes about 155, two D1 calls each. */
  window_bytes_min: 1_048_576,
  window_bytes_max: 7_340_032,
  /** A window of `{}` would hold two million decisions. */
  window_records_max: 32_768,
  /** One lookup's distinct keys: measured 52 to 134 ms for 10,000. They grow with the body, one for each 25 records of it: what is made for a
   * record lives as long as its window, and what lives long is slow to be collected. */
  window_keys_min: 2_000,
  window_keys_max: 10_000,
  /** One lookup's keys as JSON, characters: a D1 parameter holds 2 MB. */
  window_key_chars_max: 1_000_000,
  /** A window closes this long after its first byte, however little came, ms. It grows with the age of the exchange. */
  window_ms_min: 200,
  /** How much is handed on at a time, bytes: what may still leave after a change is at most this and the socket's buffer. */
  slice_bytes_max: 262_144,
  /** No byte is handed on under state older than this, ms: the contract's 1 s, less a margin for the write itself and for `clock_read_ms`. */
  state_age_ms_max: 800,
  /** How long the clock may go unread in an exchange, ms: what it goes back by unseen is less. */
  clock_read_ms: 100,
  /** The longest the opt-in cache may be set to serve consent state, ms. */
  consent_cache_ms_max: 60_000,
  /** What the cache of an isolate holds at most: look-ups, and bytes as far as they can be guessed. Two windows are in memory beside it. */
  consent_cache_entries_max: 1_000,
  consent_cache_bytes_max: 16_777_216,
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
  /** An exchange that has not closed after this long never will, ms: the longest one, its upstream's answer, and three tries to close it. */
  exchange_open_ms_max: 600_000,
  /** A D1 call of the gate, ms. */
  d1_ms_max: 10_000,
  /** A captured_at ahead of the gate's clock, ms (T8). */
  captured_ahead_ms_max: 300_000,
  /** An isolate's list of revoked keys, for service data: contract, section 9, ms. */
  revocation_age_ms_max: 60_000,
  /** A message to the operator's webhook, ms. */
  webhook_ms_max: 5_000,
  /** How long evidence is kept, days: a day is archived when it is over, and only what is archived can be deleted. */
  retention_days_min: 2,
  retention_days_max: 36_500,
  /** What an isolate knows of the ledger's head, ms: within it, and the writer's lag, a consent database that was put back is noticed. */
  ledger_head_age_ms_max: 60_000,
  /** A body of the control plane, bytes. */
  control_body_bytes_max: 1_048_576,
  /** An imported file, bytes: a million lines of 1 KiB. */
  bulk_body_bytes_max: 1_073_741_824,
  /** One line of an imported file, bytes: twice the longest that can be good, and a line without end must not fill memory. */
  bulk_line_bytes_max: 16_384,
  /** Lines looked up and written together: a million take 250 batches of three D1 calls, of the thousand a paid request has. */
  bulk_batch_lines_max: 4_000,
  /** The same, bytes: what is asked about them goes into one D1 parameter of 2 MB. */
  bulk_batch_bytes_max: 1_400_000,
  /** D1 calls of one import: the platform's thousand, less some for retries. */
  bulk_d1_calls_max: 900,
  /** Evaluations of one AuthZEN batch: their state is read in one look-up. */
  evaluations_max: 1_000,
  /** All evaluations of a batch with its defaults filled in, characters: a default may be long, and is read once for each. */
  evaluations_chars_max: 8_388_608,
  /** How long the answer to a request with an Idempotency-Key is kept, ms: a client that has not heard by then reads back. */
  idempotency_ms_max: 86_400_000,
  /** A request that carries a key out and has not ended by then never will, ms: several D1 calls at their longest. */
  idempotency_claim_ms_max: 60_000,
  /** An Idempotency-Key, characters. */
  idempotency_key_chars_max: 256,
  /** How long a rotated producer key may overlap with its successor, s: 30 days. */
  key_overlap_s_max: 2_592_000,
  /** How far an issuer's clock may differ, s. */
  clock_skew_s_max: 60,
  /** A person's token, characters: it travels in one header, and servers between refuse headers past 8 KiB. */
  person_token_chars_max: 7_168,
  /** An issuer's key set, bytes and keys: the largest in use hold a dozen keys with certificates. */
  jwks_bytes_max: 262_144,
  jwks_keys_max: 64,
  /** Reading a key set, ms. */
  jwks_read_ms_max: 3_000,
  /** From then on a key set is read again, ms. */
  jwks_fresh_ms_max: 600_000,
  /** How long keys go on being used while their issuer cannot be reached, ms: its outage should not stop withdrawals. */
  jwks_stale_ms_max: 3_600_000,
  /** Between two readings that an unknown `kid` asks for, ms. */
  jwks_unknown_kid_ms_min: 60_000,
  /** Between two readings that failed, ms. */
  jwks_retry_ms_min: 5_000,
  /** The period of the rate limits in wrangler.toml, s. */
  rate_period_s: 10,
} as const;
