/**
 * Where the strict profile is stricter than JSON, and what it makes of what JSON leaves open: cases of JSONTestSuite by name, each with the
 * fault it meets, or `accepted`. Of every other case, `y_` is accepted and `n_` refused.
 */
import type { ContentFaultCode } from "../../../src/content/fault.ts";

type Decided = ContentFaultCode | "accepted";

const under = <const D extends Decided>(decided: D, names: string): Record<string, D> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, decided]));

/** JSON, and refused all the same: parsers differ on which of the two counts. */
export const STRICTER: Readonly<Record<string, Decided>> = under(
  "json_duplicate_key",
  "y_object_duplicated_key y_object_duplicated_key_and_value",
);

/** JSON, and refused where the gate looks for members by name: names there are printable ASCII. */
export const LOOKED_AT: Readonly<Record<string, Decided>> = under("json_key", "y_object_escaped_null_in_key");

/** What JSON leaves to each parser, and what is known to be read differently. */
export const OPEN: Readonly<Record<string, Decided>> = {
  // A number is its value: the nearest double, which is what most readers keep. It must have one that is finite.
  ...under(
    "accepted",
    `i_number_double_huge_neg_exp i_number_real_underflow i_number_too_big_neg_int i_number_too_big_pos_int
    i_number_very_big_negative_int number_-9223372036854775808 number_-9223372036854775809 number_1.0
    number_1.000000000000000005 number_1000000000000000 number_10000000000000000999 number_1e-999 number_1e6
    number_9223372036854775807 number_9223372036854775808`,
  ),
  ...under(
    "json_number",
    `i_number_huge_exp i_number_neg_int_huge_exp i_number_pos_double_huge_exp i_number_real_neg_overflow
    i_number_real_pos_overflow`,
  ),
  // Half of a pair is no character: some keep it, some replace it, some drop it.
  ...under(
    "json_surrogate",
    `i_object_key_lone_2nd_surrogate i_string_1st_surrogate_but_2nd_missing i_string_1st_valid_surrogate_2nd_invalid
    i_string_incomplete_surrogate_and_escape_valid i_string_incomplete_surrogate_pair
    i_string_incomplete_surrogates_escape_valid i_string_invalid_lonely_surrogate i_string_invalid_surrogate
    i_string_inverted_surrogates_U+1D11E i_string_lone_second_surrogate string_1_escaped_invalid_codepoint
    string_2_escaped_invalid_codepoints string_3_escaped_invalid_codepoints`,
  ),
  // UTF-8 alone, and without a mistake in it.
  ...under(
    "json_utf8",
    `i_string_UTF-8_invalid_sequence i_string_UTF8_surrogate_U+D800 i_string_invalid_utf-8 i_string_iso_latin_1
    i_string_lone_utf8_continuation_byte i_string_not_in_unicode_range i_string_overlong_sequence_2_bytes
    i_string_overlong_sequence_6_bytes i_string_overlong_sequence_6_bytes_null i_string_truncated-utf-8
    string_1_invalid_codepoint string_2_invalid_codepoints string_3_invalid_codepoints`,
  ),
  ...under("json_syntax", "i_string_UTF-16LE_with_BOM i_string_utf16BE_no_BOM i_string_utf16LE_no_BOM"),
  // At the start of a body it is `json_bom`; before a value it is no white space.
  ...under("json_syntax", "i_structure_UTF-8_BOM_empty_object"),
  ...under("json_depth", "i_structure_500_nested_arrays"),
  // Where the gate looks, names are printable ASCII: there these two are `json_key`.
  ...under("accepted", "object_key_nfc_nfd object_key_nfd_nfc string_with_escaped_NULL"),
  ...under(
    "json_duplicate_key",
    "object_same_key_different_values object_same_key_same_value object_same_key_unclear_values",
  ),
};
