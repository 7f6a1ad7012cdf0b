import type { Selectable } from 'kysely';
import { z } from 'zod';
import { idOf } from '../../kernel/ids.ts';
import { Money } from '../../kernel/ledger/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { USE_CLASSES } from '../authorisation/index.ts';

export const DisclosureId = idOf('dsc', text('信息披露', 'Disclosure'));

const Named = z.object({ id: z.string(), name: z.string(), uscc: z.string() });

const Authorisation = z.object({
  agreementId: z.string(),
  operator: Named,
  authoriser: Named,
  mode: TextSchema,
  resources: z.number().int(),
  validFrom: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  filingNumber: z.string().nullable(),
  state: TextSchema,
  endedAt: z.iso.datetime().nullable(),
  /** In the year. */
  evaluationsPassed: z.number().int(),
  evaluationsFailed: z.number().int(),
});
export type Authorisation = z.infer<typeof Authorisation>;

const Cap = z.object({
  capId: z.string(),
  productId: z.string(),
  product: z.string(),
  operator: Named,
  cap: Money,
  units: z.string(),
  trial: z.boolean(),
  setAt: z.iso.datetime(),
});

const DisclosedResource = z.object({
  resourceId: z.string(),
  title: z.string(),
  holder: z.string(),
  sector: z.string(),
  grade: z.string(),
  updateFrequency: z.string(),
  /** Purposes granted in applications for data. */
  purposes: z.array(z.string()),
});

const DisclosedProduct = z.object({
  productId: z.string(),
  title: z.string(),
  kind: z.string(),
  state: z.string(),
  listedAt: z.iso.datetime().nullable(),
  useClasses: z.array(z.enum(USE_CLASSES)),
  /** What it costs: a licence, or so many calls. */
  price: Money,
  calls: z.number().nullable(),
  cap: Money.nullable(),
});

/** Figures of the year, from clearings, cases and reports. */
const Operation = z.object({
  orders: z.number().int(),
  revenue: Money,
  periods: z.array(
    z.object({
      from: z.iso.datetime(),
      until: z.iso.datetime(),
      cost: Money,
      subsidy: Money,
      allowed: Money,
      revenue: Money.nullable(),
      excess: Money.nullable(),
    }),
  ),
  securityReports: z.number().int(),
  incidents: z.number().int(),
  trainings: z.number().int(),
  drills: z.number().int(),
  governanceRaised: z.number().int(),
  governanceAnswered: z.number().int(),
  violationReports: z.number().int(),
});

/** What the notice asks of each side; a party that is both says both. */
export const Disclosure = z.object({
  type: z.literal('shuheng/disclosure/1'),
  year: z.number().int(),
  party: Named.extend({ legalRepresentative: z.string(), roles: z.array(z.string()) }),
  implementing: z.object({ authorisations: z.array(Authorisation), caps: z.array(Cap) }).nullable(),
  operating: z
    .object({
      authorisations: z.array(Authorisation),
      resources: z.array(DisclosedResource),
      products: z.array(DisclosedProduct),
      operation: Operation,
    })
    .nullable(),
});
export type Disclosure = z.infer<typeof Disclosure>;

interface DisclosureTable {
  id: string;
  party_id: string;
  year: number;
  version: number;
  document: string;
  sha256: string;
  published_at: Date;
  published_act: string;
}
export type DisclosureRow = Selectable<DisclosureTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    disclosure: DisclosureTable;
  }
}

/** A year in Beijing: its first moment and the first of the next. */
export const yearOf = (year: number): { readonly from: Date; readonly until: Date } => ({
  from: new Date(`${year}-01-01T00:00:00+08:00`),
  until: new Date(`${year + 1}-01-01T00:00:00+08:00`),
});
