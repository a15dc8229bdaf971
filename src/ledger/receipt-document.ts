/**
 * A receipt in the shape of ISO/IEC TS 27560:2023 as the W3C Data Privacy Vocabulary writes it (DPV 2.3 and its guide for 27560, JSON-LD).
 * What is ours is under `tenfour:`. Pure: words in, a document out.
 */
import type { ConsentChanged } from "./entries.ts";
import type { Leaf } from "./leaf.ts";

/** Who asks for consent, as 27560 wants a controller described. From the configuration. */
export interface Controller {
  /** An IRI. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly contact: string;
  /** A term of DPV's locations, `loc:IE`, or an IRI. */
  readonly jurisdiction: string;
}

/** What a service's consent is for, as its notice says. From the configuration. */
export interface Processing {
  /** DPV's words: training is processing, not a purpose. */
  readonly purposes: readonly string[];
  readonly processing: readonly string[];
  readonly personalData: readonly string[];
  /** IRIs or names of who receives it. */
  readonly recipients: readonly string[];
  /** ISO 8601, `P6M`; where, as `jurisdiction`. */
  readonly storageDuration: string;
  readonly storageLocation: string;
}

export const TRAINING: Pick<Processing, "purposes" | "processing"> = {
  purposes: ["dpv:ImproveExistingProductsAndServices"],
  processing: ["ai:ModelTraining", "ai:ModelFineTuning"],
};

export interface LoggedAt {
  readonly position: number;
  /** Base64, from the leaf's sibling up. */
  readonly proof: readonly string[];
  /** A signed checkpoint, as a note. */
  readonly checkpoint: string;
}

export interface ReceiptWords {
  /** An IRI of the receipt; `urn:uuid:…` does. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly issuedAt: number;
  readonly controller: Controller;
  readonly processing: Processing;
  /** Whose receipt it is, by name; and the key that makes the ledger's pseudonym of it. */
  readonly person: string;
  readonly pseudonymKey: string;
  /** BCP 47. */
  readonly language: string;
  /** Where the answer can be changed, and the notice read: URLs. */
  readonly manageAt: string;
  readonly noticeAt: string | null;
  /** Where an answer that was imported came from, as its importer says; null: it was given here. */
  readonly source: string | null;
  /** The ledger's entry, of kind `consent_changed`. */
  readonly leaf: Leaf & { readonly body: ConsentChanged };
  /** null: not in the log yet. The receipt is then a promise that it will be. */
  readonly log: LoggedAt | null;
}

const CONTEXT = {
  ai: "https://w3id.org/dpv/ai#",
  dct: "http://purl.org/dc/terms/",
  dpv: "https://w3id.org/dpv#",
  loc: "https://w3id.org/dpv/loc#",
  pd: "https://w3id.org/dpv/pd#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  tenfour: "urn:tenfour:ledger#",
};

/** DPV's consent states. Whoever withdraws an objection has not consented by that. */
const STATUS: Readonly<Record<string, string>> = {
  given: "dpv:ConsentGiven",
  accepted: "dpv:ConsentGiven",
  refused: "dpv:ConsentRefused",
  objected: "dpv:ConsentRefused",
  withdrawn: "dpv:ConsentWithdrawn",
  revoked: "dpv:ConsentRevoked",
  objection_withdrawn: "dpv:ConsentUnknown",
};

/** Throws a `RangeError` if the entry is no answer of a person. */
export function receiptDocument(words: ReceiptWords): Readonly<Record<string, unknown>> {
  const { id, issuedAt, controller, processing, person, pseudonymKey, language, manageAt, leaf, log } = words;
  const { body } = leaf;
  const status = STATUS[body.answer ?? ""];
  if (status === undefined || body.person === null) throw new RangeError("not an answer of a person");
  return {
    "@context": CONTEXT,
    "@id": id,
    "@type": "dpv:ConsentReceipt",
    "dct:identifier": id,
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt-record",
    "dct:issued": iso(issuedAt),
    "dpv:hasDataSubject": {
      "@id": `urn:tenfour:person:${encodeURIComponent(person)}`,
      "dct:identifier": person,
    },
    "dpv:hasDataController": {
      "@id": controller.id,
      "@type": "dpv:DataController",
      "dpv:hasName": controller.name,
      "dpv:hasAddress": controller.address,
      "dpv:hasContact": controller.contact,
    },
    "dpv:hasJurisdiction": controller.jurisdiction,
    "dpv:hasLegalBasis": "dpv:Consent",
    "dpv:hasProcess": {
      "@type": "dpv:Process",
      "dpv:hasService": body.service ?? "every service",
      "dpv:hasPurpose": processing.purposes,
      "dpv:hasProcessing": processing.processing,
      "dpv:hasPersonalData": processing.personalData,
      "dpv:hasRecipient": processing.recipients,
      "dpv:hasStorageCondition": [
        { "@type": "dpv:StorageDuration", "dpv:hasDuration": processing.storageDuration },
        { "@type": "dpv:StorageLocation", "dpv:hasLocation": processing.storageLocation },
      ],
    },
    "dpv:hasConsentControl": {
      "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
      "dpv:isExercisedAt": manageAt,
    },
    "dpv:hasNotice": {
      "@type": "dpv:ConsentNotice",
      "dct:hasVersion": body.notice_version,
      "dct:language": language,
      "dct:source": words.noticeAt,
      "tenfour:sha256": body.notice_sha256,
    },
    "dpv:hasConsentStatus": [
      {
        "@type": [status, "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedBy": person,
        "dpv:isIndicatedAtTime": iso(answeredAt(body)),
        "dpv:hasIndicationMethod":
          words.source === null ? "recorded by the consent gate" : "imported into the consent gate",
        "dpv:hasDuration":
          body.expires_at === null
            ? { "@type": "dpv:UntilEventDuration", "rdf:value": "until it is withdrawn" }
            : { "@type": "dpv:UntilTimeDuration", "rdf:value": iso(body.expires_at) },
        "tenfour:answer": body.answer,
      },
    ],
    "tenfour:record": {
      "dct:identifier": body.record,
      "tenfour:account": body.account,
      "tenfour:conversation": body.conversation,
      "tenfour:service": body.service,
      "tenfour:role": body.role,
    },
    "tenfour:imported":
      words.source === null
        ? null
        : {
            "dct:source": words.source,
            "tenfour:importer": body.recorded_by,
            "tenfour:evidenceSha256": body.changed?.evidence_sha256 ?? null,
          },
    "tenfour:pseudonymKey": pseudonymKey,
    "tenfour:entry": { "@type": "@json", "@value": { kind: leaf.kind, id: leaf.id, salt: leaf.salt, body } },
    "tenfour:log": log === null ? null : { "@type": "@json", "@value": log },
  };
}

/** When the person answered, which for an imported answer is long before it was recorded. Unix milliseconds. */
export function answeredAt({ at, changed }: ConsentChanged): number {
  return typeof changed?.at === "number" ? changed.at : at;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
