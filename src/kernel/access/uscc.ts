/**
 * Unified social credit code of legal entities (统一社会信用代码, GB 32100-2015): 18 characters, the last one a check
 * character over the first 17 with weights 3^(i-1) mod 31 (annex A; the same system as ISO 7064, modulus 31, radix 3).
 * The alphabet leaves out I, O, S, V and Z.
 */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = ALPHABET.length;
const LENGTH = 18;
const WEIGHT_BASE = 3;
/** Registration authority, kind of entity, division of GB/T 2260 (6 digits), body (9), check character. */
const SHAPE = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/** The check character of the first 17 characters, or undefined when one of them is not in the alphabet. */
export function usccCheckCharacter(body: string): string | undefined {
  if (body.length !== LENGTH - 1) return undefined;
  let sum = 0;
  let weight = 1;
  for (const character of body) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    sum += value * weight;
    weight = (weight * WEIGHT_BASE) % MODULUS;
  }
  return ALPHABET[(MODULUS - (sum % MODULUS)) % MODULUS];
}

/** True for a well-formed code whose check character is right. Upper case only: the standard has no lower-case letters. */
export function checkUscc(code: string): boolean {
  return SHAPE.test(code) && usccCheckCharacter(code.slice(0, LENGTH - 1)) === code[LENGTH - 1];
}
