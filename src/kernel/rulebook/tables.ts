import type { Queryable } from '../database/index.ts';
import { beijingDay } from './rule.ts';

declare module '../database/database.ts' {
  interface Tables {
    document_adoption: AdoptionTable;
  }
}

interface AdoptionTable {
  document: string;
  /** First day it binds, `YYYY-MM-DD`, Beijing time. */
  adopted_from: string;
  revoked_at: Date | null;
  reason: string;
  act_id: string;
}

export interface Adoption {
  readonly document: string;
  readonly adoptedFrom: string;
  readonly revokedAt: Date | null;
  readonly reason: string;
  readonly actId: string;
}

/** Every adoption there was, oldest first: a handful of rows, one for each decision of the operator. */
export async function adoptions(db: Queryable): Promise<Adoption[]> {
  const rows = await db
    .selectFrom('document_adoption')
    .selectAll()
    .orderBy('adopted_from')
    .orderBy('document')
    .execute();
  return rows.map((r) => ({
    document: r.document,
    adoptedFrom: r.adopted_from,
    revokedAt: r.revoked_at,
    reason: r.reason,
    actId: r.act_id,
  }));
}

/** Codes of the drafts that bind on that day. */
export function adoptedOn(all: readonly Adoption[], day: string): ReadonlySet<string> {
  return new Set(all.filter((a) => a.revokedAt === null && a.adoptedFrom <= day).map((a) => a.document));
}

/** The drafts that bind at a moment, for what is decided outside an act. */
export const bindingDocuments = async (db: Queryable, at: Date): Promise<ReadonlySet<string>> =>
  adoptedOn(await adoptions(db), beijingDay(at));
