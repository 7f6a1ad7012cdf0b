import type { SqlSession } from '../../../kernel/isolation/index.ts';

/** A query asks several times, for its history; between two of them its processes wait so long. */
const IDLE_MS = 3_000;
/** Processes that wait at once; the ones longest unused go first. */
export const HELD_MAX = 8;

interface Waiting {
  readonly session: SqlSession;
  readonly timer: NodeJS.Timeout;
}

/**
 * Processes with data that go on for the same query and part, and for nothing else. Each ends with the clock of its query
 * besides, whatever happens here.
 */
export class HeldSessions {
  readonly #waiting = new Map<string, Waiting>();

  /** The process of this name if there is one; it waits no longer. */
  take(name: string): SqlSession | undefined {
    const found = this.#waiting.get(name);
    if (found === undefined) return undefined;
    clearTimeout(found.timer);
    this.#waiting.delete(name);
    return found.session;
  }

  async keep(name: string, session: SqlSession): Promise<void> {
    const before = this.take(name);
    const timer = setTimeout(() => void this.take(name)?.close(), IDLE_MS);
    timer.unref();
    this.#waiting.set(name, { session, timer });
    await before?.close();
    for (const oldest of [...this.#waiting.keys()].slice(0, Math.max(0, this.#waiting.size - HELD_MAX)))
      await this.take(oldest)?.close();
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.#waiting.keys()]) await this.take(name)?.close();
  }

  /** Parts that a process waits with. */
  get objects(): readonly string[] {
    return [...this.#waiting.keys()].map((name) => name.split('/')[1] ?? '');
  }
}

/** Whose process it is: the key that answers of one query are sealed to, and the part. */
export const heldName = (part: { readonly answerTo: Buffer; readonly objectId: string }): string =>
  `${part.answerTo.toString('hex')}/${part.objectId}`;
