/**
 * vCon, the IETF's container of conversations (draft-ietf-vcon-vcon-core): what one holds of whom, and what is left of it without some of
 * that. Pure; decides nothing. What an item is and how it is attributed: docs/formats/vcon.md.
 */
import type { VconConfig } from "../../config/documents.ts";
import type { DocumentReader } from "../document.ts";
import { AllowList } from "./allow-list.ts";
import { EMPTY_DIALOG_FIELDS, PARTY_FIELDS, STRIPPED_DIALOG_FIELDS, VCON_FIELDS } from "./allow-lists.ts";
import { readContents, type Terms } from "./contents.ts";
import { compileKinds } from "./kinds.ts";
import { compileLawfulBasis } from "./lawful-basis.ts";
import { compileLayout } from "./layout.ts";
import { compileNearNames } from "./near-names.ts";
import { compileParty } from "./people.ts";
import { rewrite } from "./rewrite.ts";

/** Throws on a pointer that cannot be compiled: configuration is checked before. */
export function compileVcon(config: VconConfig): DocumentReader {
  const { account, conversation } = config;
  const claims = [account, conversation].flatMap((pointer) =>
    pointer === undefined ? [] : [[pointer, "id"]],
  );
  const layoutOf = compileLayout(config);
  const hasNearNames = compileNearNames(config);
  const terms: Terms = {
    party: compileParty(config),
    kinds: compileKinds(config),
    lawfulBasis: compileLawfulBasis(config),
    vconFields: new AllowList({ ...VCON_FIELDS, ...Object.fromEntries(claims) }),
    partyFields: new AllowList(config.party_fields ?? PARTY_FIELDS),
    emptyDialogFields: new AllowList(EMPTY_DIALOG_FIELDS),
    strippedDialogFields: new AllowList(STRIPPED_DIALOG_FIELDS),
  };
  return {
    mediaTypes: ["application/vcon+json", "application/vcon"],
    read(bytes, head) {
      const layout = layoutOf(bytes);
      if (typeof layout === "string") return { fault: layout, index: 0 };
      if (hasNearNames(bytes, layout)) return { fault: "vcon_invalid", index: 0 };
      const contents = readContents(bytes, layout, head, terms);
      if (contents === null) return { fault: "vcon_invalid", index: 0 };
      return {
        items: contents.held.map(({ what, items }) => ({
          items,
          excess: "none",
          strippable: what === "dialog",
        })),
        write: (fates) => rewrite(bytes, layout, contents, terms, fates),
      };
    },
  };
}
