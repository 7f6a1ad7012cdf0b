import { textOf } from './bytes.ts';
import { canonicalJson } from './canonical.ts';

/** A value as JSON.parse gives it; nothing in it is taken for granted. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads an object that is written in its canonical form and in no other: one value has one spelling, so that a changed
 * byte cannot hide in white space, in the order of names or in a name written twice.
 */
export function readCanonical(bytes: Uint8Array): JsonObject | undefined {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && canonicalJson(value) === text ? value : undefined;
  } catch {
    // Not JSON, or nested deeper than any document of ours.
    return undefined;
  }
}
