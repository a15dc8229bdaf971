/** Every row that is held and tried here. `docs/bypass-table.md` lists them, and says what is held elsewhere, or not. */
import type { Row } from "./row.ts";
import { CODING_ROWS } from "./rows/coding.ts";
import { ENVELOPE_ROWS } from "./rows/envelope.ts";
import { EVENT_ROWS } from "./rows/events.ts";
import { HTTP_ROWS } from "./rows/http.ts";
import { IDENTITY_ROWS } from "./rows/identity.ts";
import { JSON_ROWS } from "./rows/json.ts";
import { MULTIPART_ROWS } from "./rows/multipart.ts";
import { OTLP_ROWS } from "./rows/otlp.ts";
import { RELIABILITY_ROWS } from "./rows/reliability.ts";
import { TELEMETRY_ROWS } from "./rows/telemetry.ts";
import { UPSTREAM_ROWS } from "./rows/upstream.ts";
import { VCON_ROWS } from "./rows/vcon.ts";
import { WIRE_ROWS } from "./rows/wire.ts";

export const ROWS: readonly Row[] = [
  ...JSON_ROWS,
  ...TELEMETRY_ROWS,
  ...OTLP_ROWS,
  ...EVENT_ROWS,
  ...CODING_ROWS,
  ...MULTIPART_ROWS,
  ...ENVELOPE_ROWS,
  ...VCON_ROWS,
  ...HTTP_ROWS,
  ...WIRE_ROWS,
  ...UPSTREAM_ROWS,
  ...RELIABILITY_ROWS,
  ...IDENTITY_ROWS,
];
