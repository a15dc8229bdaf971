/**
 * A body that has to be read whole before anything of it may leave: what it holds, and what is left of it without some of that. Pure; decides
 * nothing.
 */
import type { OtlpSignal } from "../config/documents.ts";
import type { Item } from "../decision/model.ts";
import type { Attribution } from "./attribution.ts";
import type { ContentFault } from "./fault.ts";
import type { Signal } from "./shape.ts";

/** What is to become of one item: it stays as it is, loses its content, or goes. */
export type Fate = "whole" | "stripped" | "gone";

export interface DocumentItem {
  /** One for each kind and each speaker it holds; it is allowed only if all are. Never empty. */
  readonly items: readonly Item[];
  /** Of an item that is service data: what must be removed of it although it may go on. */
  readonly excess: "none" | "some" | "all";
  /** Whether its service data may stay when it is denied. */
  readonly strippable: boolean;
}

export interface Document {
  /** In the order in which evidence and answers count them. */
  readonly items: readonly DocumentItem[];
  /** The body with its items treated so, one fate each; the bytes that came if all stay whole; null: nothing is left worth sending. */
  write(fates: readonly Fate[]): Uint8Array | null;
}

/** What a document is read with, besides its bytes. */
export interface DocumentHead {
  /** In lower case, without parameters: one of the format's. */
  readonly mediaType: string;
  /** What the request's headers say whose it is. */
  readonly attribution: Attribution;
  readonly signal: Signal;
}

/** Compiled for one route; keeps nothing from one body to the next. */
export interface DocumentReader {
  /** The same as it is sent upstream. */
  readonly mediaTypes: readonly string[];
  /** Senders expect answers in OTLP's words, of this signal. */
  readonly otlp?: OtlpSignal;
  read(bytes: Uint8Array, head: DocumentHead): Document | ContentFault;
}
