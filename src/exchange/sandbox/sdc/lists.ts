import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { AskedQuery } from './types.ts';

/**
 * Every group column has a public list, and together they make no more cells than are told of when nobody is in them.
 * Otherwise a key is data: that it stands in the answer says that somebody has it.
 */
export function listsArePublic({ groups }: Pick<AskedQuery, 'groups'>, cellsMax: number): boolean {
  let cells = 1;
  for (const { domain } of groups) cells *= domain?.length ?? Number.POSITIVE_INFINITY;
  return cells <= cellsMax;
}

/** The key is one that everybody may know of. */
export const inPublicLists = ({ groups }: Pick<AskedQuery, 'groups'>, key: readonly Value[]): boolean =>
  groups.every(({ domain }, i) => domain?.some((value) => String(value) === String(key[i])));
