import type { Queryable } from '../database/index.ts';
import type { Text } from '../text.ts';

/** Who used an object when, as another room knows it: a build, a delivery, a job of the sandbox. */
export interface CustodyUse {
  readonly objectId: string;
  readonly at: Date;
  readonly what: Text;
  /** The party that used it; null for the platform itself. */
  readonly partyId: string | null;
  /** What was made or done with it. */
  readonly subject: string;
}
/** Newest first, at most `limit` for each object. */
export type CustodyUses = (q: Queryable, objectIds: readonly string[], limit: number) => Promise<readonly CustodyUse[]>;
/** What still needs an object: as long as anything does, it is not erased. */
export type CustodyNeeds = (
  q: Queryable,
  objectIds: readonly string[],
) => Promise<readonly { readonly objectId: string; readonly why: Text }[]>;

const uses: CustodyUses[] = [];
const needs: CustodyNeeds[] = [];

/** A room tells of uses; called once when the room is loaded. */
export const addCustodyUse = (source: CustodyUses): void => {
  uses.push(source);
};
export const addCustodyNeed = (source: CustodyNeeds): void => {
  needs.push(source);
};

export async function usesOf(q: Queryable, objectIds: readonly string[], limit: number): Promise<CustodyUse[]> {
  const all: CustodyUse[] = [];
  for (const source of uses) all.push(...(await source(q, objectIds, limit)));
  return all.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, limit);
}

export async function needsOf(q: Queryable, objectIds: readonly string[]): Promise<Text[]> {
  const all: Text[] = [];
  for (const source of needs) all.push(...(await source(q, objectIds)).map((n) => n.why));
  return all;
}
