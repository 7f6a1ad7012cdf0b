import { z } from 'zod';

/**
 * What a column may be used for in the interactive lane; none of them: hidden. After the column constraints of SCQL
 * (docs/topics/ccl, tag 1.0.0b1), without "after compare" and with minima and maxima apart, which reveal records.
 */
export const COLUMN_USES = ['group', 'filter', 'join', 'aggregate'] as const;
export type ColumnUse = (typeof COLUMN_USES)[number];

const Name = z.string().min(1).max(200);
export const ColumnPolicy = z.object({
  name: Name,
  uses: z.array(z.enum(COLUMN_USES)).max(COLUMN_USES.length),
  /** Values outside are moved to the bound before anything is computed; must be given to aggregate with noise. */
  range: z.object({ lower: z.number(), upper: z.number() }).optional(),
  /** Values everybody may know (a public code list): groups of no rows are told of, others are left out. */
  domain: z
    .array(z.union([z.string().max(200), z.number()]))
    .max(1_000)
    .optional(),
});
export type ColumnPolicy = z.infer<typeof ColumnPolicy>;

/** Millionths of ε, so that budgets add up exactly. */
const MicroEpsilon = z.number().int().min(1).max(100_000_000);

/** What the holder of the data allows of one table in one project. What is left out takes the house's strictest value. */
export const GrantPolicy = z.object({
  lanes: z.array(z.enum(['interactive', 'airlock'])).min(1),
  /** Column that names whom or what a row is about; null: every row is an entity of its own. */
  entityKey: Name.nullable(),
  /** The table is about people. */
  personal: z.boolean(),
  columns: z.array(ColumnPolicy).min(1).max(500),
  /** Entities a cell needs at least. */
  k: z.number().int().min(3).max(10_000),
  /** The two largest entities may hold at most this share of a sum, per mille (NK rule). */
  dominancePermille: z.number().int().min(1).max(1_000),
  /** The others must make up at least this share of the largest, per mille (p-ratio). */
  ratioPermille: z.number().int().min(0).max(1_000),
  /** Exact answers behind disclosure control, or answers with noise under a privacy budget. */
  privacy: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('exact') }),
    z.object({
      kind: z.literal('noise'),
      epsilonTotal: MicroEpsilon,
      epsilonQuery: MicroEpsilon,
      /** Rows of one entity that count, whichever cells they are in; noise grows with it. Left out: HS-22.41. */
      rowsPerEntity: z.number().int().min(1).max(1_000).optional(),
    }),
  ]),
  /** Cells that may be released to this audience in all. */
  cellsMax: z.number().int().min(1).max(10_000_000),
  /** Queries and jobs together. */
  usesMax: z.number().int().min(1).max(1_000_000),
  /** SHA-256 of the only programs that may run in the airlock; null: any, each reviewed. */
  codeHashes: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(100)
    .nullable(),
});
export type GrantPolicy = z.infer<typeof GrantPolicy>;

/** A table as a query sees it: its name in the project and what may be done with it. */
export interface GrantedTable {
  /** `sbg_…` */
  readonly grantId: string;
  /** Name in SQL. */
  readonly alias: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly policy: GrantPolicy;
}
