/** Whether a media type says that something is JSON. Pure; a charset other than UTF-8, or any other parameter, says that it is not surely so. */

const JSON_TYPE =
  /^[a-z0-9!#$&^_.-]+\/(?:[a-z0-9!#$&^_.-]+\+)?json[ \t]*(?:;[ \t]*charset="?utf-?8"?[ \t]*)?$/i;
const CHARS_MAX = 256;

export function isJsonType(type: string): boolean {
  return type.length <= CHARS_MAX && JSON_TYPE.test(type);
}
