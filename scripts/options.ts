/** What a command of this repository was called with: or it says how it is called, and ends. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** `usage`: such as `npm run bench -- [--rounds N]`. Exits with 2 where an option is none of `options`. */
export function optionsOf<T extends ParseArgsOptionsConfig>(usage: string, options: T): Values<T> {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : "These options cannot be read.", usage);
  }
}

/** A whole number from `min` up; exits with 2 where `text` is none. */
export function wholeNumber(usage: string, option: string, text: string, min = 1): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= min) return Number(text);
  return refuse(`--${option} is a whole number from ${min} up.`, usage);
}

/** One of a few words; exits with 2 where `text` is none of them. */
export function oneOf<T extends string>(usage: string, option: string, text: string, words: readonly T[]): T {
  return words.find((word) => word === text) ?? refuse(`--${option} is one of ${words.join(", ")}.`, usage);
}

function refuse(why: string, usage: string): never {
  console.error(`${why}\nUsage: ${usage}`);
  process.exit(2);
}
