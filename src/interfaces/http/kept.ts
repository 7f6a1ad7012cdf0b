import { createHash } from 'node:crypto';

/** All kept answers together. */
const BYTES_MAX = 16 * 1024 * 1024;
/** A longer answer is made anew each time. */
const ANSWER_BYTES_MAX = 256 * 1024;
const TAG_CHARACTERS = 22;

/** An answer as it goes out, and its entity tag. */
export interface KeptAnswer {
  readonly etag: string;
  readonly bytes: Buffer;
}

/**
 * Ready answers of reads that know cheaply what version their answer has. The version is part of the name, so that an old
 * answer is never found again; the ones used longest ago give way.
 */
export class KeptAnswers {
  readonly #kept = new Map<string, KeptAnswer>();
  #bytes = 0;

  find(name: string): KeptAnswer | undefined {
    const found = this.#kept.get(name);
    if (found) {
      this.#kept.delete(name);
      this.#kept.set(name, found);
    }
    return found;
  }

  keep(name: string, answer: KeptAnswer): void {
    if (answer.bytes.length > ANSWER_BYTES_MAX || this.#kept.has(name)) return;
    this.#kept.set(name, answer);
    this.#bytes += answer.bytes.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= BYTES_MAX) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}

/** Entity tag of a versioned answer: the subject's number, which `If-Match` of acts compares, then a digest of all of it. */
export function tagOf(subject: number, name: string): string {
  return `"${subject}.${createHash('sha256').update(name).digest('base64url').slice(0, TAG_CHARACTERS)}"`;
}

/** The subject's number in an entity tag that a read gave, with or without the digest; undefined for anything else. */
export function versionInTag(header: string | undefined): number | undefined {
  const number = /^(?:W\/)?"?(\d{1,15})(?:\.[\w-]+)?"?$/.exec(header ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Whether a header names an entity tag (RFC 9110 §13.1.2: weak comparison). */
export function namesTag(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}
