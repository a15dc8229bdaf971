/** Base58 in Bitcoin's alphabet, as multibase's `z` and did:key use it. For keys and signatures: quadratic in the length. Knows nothing of consent. */

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function toBase58(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)]! + text;
  return "1".repeat(zeros < 0 ? bytes.length : zeros) + text;
}

/** null if it is not `length` bytes as `toBase58` writes them. */
export function fromBase58(text: string, length: number): Uint8Array | null {
  if (text.length > length * 2) return null;
  let value = 0n;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const bytes = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at--, value >>= 8n) bytes[at] = Number(value & 255n);
  return value === 0n && toBase58(bytes) === text ? bytes : null;
}
