import { base64, decimal, linesOf, type NoteKey, parseNote } from '../verify/index.ts';

/** What a witness answered to a checkpoint. */
export type WitnessAnswer =
  /** Its lines, each with a newline; not yet checked. */
  | { readonly kind: 'cosigned'; readonly lines: string }
  /** It knows the log at another size. */
  | { readonly kind: 'elsewhere'; readonly size: bigint }
  /** It finds the checkpoint inconsistent with what it cosigned. */
  | { readonly kind: 'inconsistent'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const TIMEOUT_MS = 10_000;
/** A note may carry a hundred lines of 7 kB; a witness answers with a few. */
const ANSWER_BYTES_MAX = 64 * 1024;
const WHY_CHARACTERS_MAX = 200;

/** Asks a witness to cosign (C2SP tlog-witness v1.0.0 add-checkpoint). @throws when it cannot be reached */
export async function askWitness(
  url: string,
  { oldSize, proof, checkpoint }: { oldSize: bigint; proof: readonly Uint8Array[]; checkpoint: string },
  signal: AbortSignal,
): Promise<WitnessAnswer> {
  const body = `old ${oldSize}\n${proof.map((hash) => `${base64(hash)}\n`).join('')}\n${checkpoint}`;
  const response = await fetch(`${url.replace(/\/+$/, '')}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const text = await textOf(response);
  if (response.status === 200) return { kind: 'cosigned', lines: text };
  const size = response.status === 409 ? decimal(text.replace(/\n$/, '')) : undefined;
  if (size !== undefined) return { kind: 'elsewhere', size };
  const why = `HTTP ${response.status}: ${text.trim().slice(0, WHY_CHARACTERS_MAX)}`;
  return { kind: response.status === 422 ? 'inconsistent' : 'refused', why };
}

/** The newest checkpoint a witness cosigned for an origin, from its monitoring address; undefined where it has none. */
export async function askLatest(url: string, originHash: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/${originHash}/checkpoint`, {
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const text = await textOf(response);
  return response.status === 200 ? text : undefined;
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new RangeError('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The lines of an answer that are by the witness's key, verbatim; lines by other keys are ignored, as asked for. */
export function ownLines(checkpoint: string, answer: string, key: NoteKey): string {
  const note = parseNote(checkpoint + answer);
  if (!note) return '';
  const lines = linesOf(note, key);
  return lines.map(({ name, keyId, signature }) => `— ${name} ${base64(Buffer.concat([keyId, signature]))}\n`).join('');
}
