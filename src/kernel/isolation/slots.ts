import { IsolatedFailure } from './types.ts';

/** How many run at once, and how many may wait for their turn. */
export class Slots {
  readonly #free: number[];
  readonly #waitingMax: number;
  readonly #waiting: { readonly take: (slot: number) => void; readonly leave: (error: IsolatedFailure) => void }[] = [];

  constructor(slots: number, waitingMax: number) {
    this.#free = Array.from({ length: slots }, (_, i) => i);
    this.#waitingMax = waitingMax;
  }

  /** A free one at once, or none. */
  takeNow(): number | undefined {
    return this.#free.shift();
  }

  /** @throws IsolatedFailure when too many wait, the wait is cancelled or it is longer than `waitMs` */
  take(waitMs: number, signal?: AbortSignal): Promise<number> {
    const slot = this.takeNow();
    if (slot !== undefined) return Promise.resolve(slot);
    if (this.#waiting.length >= this.#waitingMax)
      return Promise.reject(new IsolatedFailure('resource', 'too many jobs wait'));
    return new Promise((done, failed) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
      const entry = {
        take: (given: number) => {
          end();
          done(given);
        },
        leave: (error: IsolatedFailure) => {
          end();
          failed(error);
        },
      };
      const onAbort = () => entry.leave(new IsolatedFailure('cancelled'));
      const timer = setTimeout(() => entry.leave(new IsolatedFailure('resource', 'no free place in time')), waitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(entry);
    });
  }

  give(slot: number): void {
    const next = this.#waiting[0];
    if (next) next.take(slot);
    else this.#free.push(slot);
  }
}
