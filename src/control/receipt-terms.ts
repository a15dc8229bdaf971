/** What every receipt of this gate says of whoever asks for consent and of what it is for: the configuration's words. Pure. */
import type { ParsedConfig } from "../config/parse.ts";
import { type Controller, type Processing, TRAINING } from "../ledger/receipt-document.ts";

export interface ReceiptTerms {
  readonly controller: Controller;
  /** Where the answer can be changed: a URL. */
  readonly manageAt: string;
  /** `service` null: every service. */
  readonly processing: (service: string | null) => Processing;
}

const NOT_STATED = "not stated";

/** `name`: of the log, for an operator that the configuration does not name. */
export function receiptTerms(
  config: Pick<ParsedConfig, "receipts" | "routes" | "hosts">,
  name: string,
): ReceiptTerms {
  const { receipts, routes, hosts } = config;
  const controller: Controller = receipts?.controller ?? {
    id: `urn:tenfour:log:${name}`,
    name,
    address: NOT_STATED,
    contact: NOT_STATED,
    jurisdiction: NOT_STATED,
  };
  return {
    controller,
    manageAt: receipts?.manage_at ?? `https://${hosts[0]}/docs`,
    processing(service) {
      const trained = routes.filter(
        (route) =>
          route.purpose === "train" &&
          "services" in route &&
          (service === null || route.services.includes(service)),
      );
      const kinds = trained.flatMap((route) => ("kinds" in route ? route.kinds : []));
      const recipients = trained.map(({ recipient, upstream }) =>
        recipient === "first-party" ? controller.id : `urn:tenfour:upstream:${upstream}`,
      );
      return {
        ...TRAINING,
        personalData: [...new Set(kinds)].sort().map((kind) => `urn:tenfour:kind:${kind}`),
        recipients: [...new Set(recipients)].sort(),
        storageDuration: receipts?.storage_duration ?? NOT_STATED,
        storageLocation: receipts?.storage_location ?? NOT_STATED,
      };
    },
  };
}
