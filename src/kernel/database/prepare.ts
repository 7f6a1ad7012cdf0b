import { pg } from '../postgres.ts';

/** A statement asked this often is prepared: planning a small one takes longer than running it. */
export const PREPARE_AFTER = 5;
/** Statements prepared by a process; each takes some kilobytes in every connection. */
const PREPARED_MAX = 256;
/** Texts whose uses are counted. One beyond these, such as a list of ids of yet another length, stays unprepared. */
const COUNTED_MAX = 2_000;

const uses = new Map<string, number>();
const names = new Map<string, string>();
let named = 0;

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= PREPARED_MAX) return known;
  const count = (uses.get(text) ?? 0) + 1;
  if (count < PREPARE_AFTER) {
    if (count > 1 || uses.size < COUNTED_MAX) uses.set(text, count);
    return undefined;
  }
  uses.delete(text);
  const name = `s${named++}`;
  names.set(text, name);
  return name;
}

/**
 * "Cached plan must not change result type" (SQLSTATE 0A000): a migration changed a table while this process ran. Asking
 * again helps, because the names of the old plans are forgotten with the first such answer.
 */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

/** Begins to count anew: what is asked often again is prepared again, under another name. */
export function forgetPrepared(): void {
  names.clear();
  uses.clear();
}

/** Prepares by itself what is asked often, by its text; everything else is as in `pg`. */
export class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg gives this method a dozen signatures
  override query(config: any, values?: any, callback?: any): any {
    if (typeof config !== 'string' || !Array.isArray(values) || callback) return super.query(config, values, callback);
    const name = nameOf(config);
    if (name === undefined) return super.query(config, values);
    return super.query({ name, text: config, values }).catch((error: unknown) => {
      if (isStalePlan(error)) forgetPrepared();
      throw error;
    });
  }
}
