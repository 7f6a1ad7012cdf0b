/**
 * Canonical JSON (RFC 8785): object keys in the order of their UTF-16 code units, numbers and strings as ECMAScript
 * writes them, no white space. Written out here because the verifier stands alone.
 * @throws TypeError for what JSON cannot say: undefined, functions, infinities, half a surrogate pair
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no infinities');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!isWhole(value)) throw new TypeError('half a surrogate pair is no text');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, part]) => `${canonicalJson(name)}:${canonicalJson(part)}`).join(',')}}`;
}

const isWhole = (text: string): boolean => !/[\uD800-\uDFFF]/u.test(text);
