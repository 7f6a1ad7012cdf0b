import type { Generated, Selectable, ColumnType as Stored } from 'kysely';
import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { Money } from '../../kernel/ledger/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { AuthorisationId, DictionaryColumn, type Profile, ResourceId } from '../catalog/index.ts';
import { PartyId } from '../parties/index.ts';

export const ProductId = idOf('prd', { zh: '产品编号', en: 'Product id' });
export const PRODUCT_KINDS = ['dataset', 'report', 'query-service'] as const;
export const ProductKind = z.enum(PRODUCT_KINDS);
export const OPINION_KINDS = ['compliance', 'quality'] as const;
export type OpinionKind = (typeof OPINION_KINDS)[number];

const COLUMNS_MAX = 200;
const FILTERS_MAX = 20;
const GROUPS_MAX = 20;
const RESOURCES_MAX = 20;
const SHARES_MAX = 20;
const Name = z.string().min(1).max(200);

export const RecipeInput = z.object({
  resourceId: ResourceId,
  filters: z
    .array(
      z.object({
        column: Name,
        op: z.enum(['=', '!=', '<', '<=', '>', '>=']),
        value: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
      }),
    )
    .max(FILTERS_MAX),
  groupBy: z.array(Name).max(GROUPS_MAX),
  columns: z
    .array(
      z.object({
        name: Name,
        column: Name.optional(),
        aggregate: z.enum(['count', 'sum', 'avg', 'min', 'max', 'median']).optional(),
        titleZh: z.string().trim().min(1).max(100),
        titleEn: z.string().trim().max(100).optional(),
      }),
    )
    .min(1)
    .max(COLUMNS_MAX),
  minimumGroupSize: z.number().int().min(1).max(1_000_000).optional(),
});
export type RecipeInput = z.infer<typeof RecipeInput>;

export const Pricing = z.object({
  mode: z.enum(['one-off', 'per-call']),
  /** A draft may stand without a price; the market does not take it so (SH-10.6). */
  price: Money,
  callsPerPackage: z.number().int().min(1).max(1_000_000_000).optional(),
});
export const Terms = z.object({
  purposes: z.array(z.string().trim().min(1).max(100)).max(20),
  validDays: z.number().int().min(1).max(36_500),
  redistribution: z.boolean(),
});
export const Supply = z.object({
  updateFrequency: z.string().trim().max(40),
  commitment: z.string().trim().max(1_000),
});
export const Share = z.object({
  partyId: PartyId,
  basisPoints: z.number().int().min(1).max(10_000),
  reason: z.string().trim().min(1).max(200),
});
export type Share = z.infer<typeof Share>;

/** What the holder writes; everything else about a product is computed or decided by others. */
export const Draft = z.object({
  title: z.string().trim().min(2).max(80),
  kind: ProductKind,
  summary: z.string().trim().min(2).max(2_000),
  scenario: z.string().trim().max(2_000),
  resourceIds: z.array(ResourceId).min(1).max(RESOURCES_MAX),
  /** Under which rights it is made, where the party has several to one resource; the oldest that fits when left out. */
  authorisationIds: z.array(AuthorisationId).max(RESOURCES_MAX).optional(),
  recipe: RecipeInput,
  pricing: Pricing,
  terms: Terms,
  supply: Supply,
  offersTestData: z.boolean(),
  shares: z.array(Share).min(1).max(SHARES_MAX),
});
export type Draft = z.infer<typeof Draft>;

/** A column of the product, with where it comes from. */
export const ProductColumn = DictionaryColumn.extend({
  resourceId: ResourceId,
  /** Column of the resource; null where rows are counted. */
  sourceColumn: z.string().nullable(),
  aggregate: z.string().nullable(),
});
export type ProductColumn = z.infer<typeof ProductColumn>;

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const Sample = z.object({ columns: z.array(z.string()), rows: z.array(z.array(Cell)) });
export type Sample = z.infer<typeof Sample>;

export const Indicator = z.object({
  /** Code of GB/T 36344-2018, such as `0201`. */
  code: z.string(),
  dimension: z.string(),
  title: z.object({ zh: z.string(), en: z.string() }),
  /** Between 0 and 1, higher is better; null where it could not be measured. */
  value: z.number().nullable(),
  assessable: z.boolean(),
  reason: z.object({ zh: z.string(), en: z.string() }).optional(),
});
export const Quality = z.object({
  /** 0 to 100; null when nothing could be measured. */
  score: z.number().nullable(),
  indicators: z.array(Indicator),
});
export type Quality = z.infer<typeof Quality>;

export const productLife = lifecycle(
  {
    draft: { assess: 'assessed', revise: 'draft', withdraw: 'withdrawn' },
    assessed: { list: 'listed', revise: 'draft', withdraw: 'withdrawn' },
    // A revised product leaves the market: its new version is not assessed yet.
    listed: { suspend: 'suspended', revise: 'draft', withdraw: 'withdrawn' },
    suspended: { resume: 'listed', withdraw: 'withdrawn' },
    withdrawn: {},
  },
  {
    rule: 'HS-4.1',
    subject: text('产品', 'product'),
    states: {
      draft: text('草稿', 'a draft'),
      assessed: text('已评估', 'assessed'),
      listed: text('已挂牌', 'listed'),
      suspended: text('已暂停', 'suspended'),
      withdrawn: text('已撤牌', 'withdrawn'),
    },
  },
);
export type ProductState = (typeof productLife.states)[number];

type Json<T> = Stored<T, string, string>;
type JsonOrNull<T> = Stored<T | null, string | null | undefined, string | null>;

export interface ProductTable {
  id: string;
  holder_id: string;
  state: ProductState;
  version: Generated<number>;
  content: Json<Draft>;
  title: string;
  kind: Draft['kind'];
  sector: string;
  price_mode: Draft['pricing']['mode'];
  grade: string;
  contains_personal_information: boolean;
  public_data: boolean;
  drafted_at: Date;
  revised_at: Date;
  build_state: 'building' | 'built' | 'failed';
  build_failure: JsonOrNull<Text>;
  built_at: Date | null;
  object_id: string | null;
  rows: number | null;
  bytes: number | null;
  dictionary: Stored<readonly ProductColumn[], string | undefined, string>;
  sample: JsonOrNull<Sample>;
  profile: JsonOrNull<Profile>;
  quality: JsonOrNull<Quality>;
  board: string | null;
  listed_at: Date | null;
  suspended_by: string | null;
  suspension_reason: string | null;
  withdrawn_at: Date | null;
  search: Stored<string, unknown, unknown>;
  search_version: number;
}
export type Product = Selectable<Omit<ProductTable, 'search' | 'search_version'>>;

export interface ProductOpinionTable {
  assessment_id: string;
  product_id: string;
  version: number;
  kind: OpinionKind;
  assessor_id: string;
  conclusion: 'passed' | 'failed';
  statement: string;
  issued_at: Date;
}
export type Opinion = Selectable<ProductOpinionTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    product: ProductTable;
    product_object: { object_id: string; product_id: string; version: number; built_at: Date };
    product_resource: { product_id: string; resource_id: string };
    product_opinion: ProductOpinionTable;
    product_viewer: { product_id: string; party_id: string };
  }
}

/** Everything of a product but its search index. */
export const PRODUCT_COLUMNS = [
  'id',
  'holder_id',
  'state',
  'version',
  'content',
  'title',
  'kind',
  'sector',
  'price_mode',
  'grade',
  'contains_personal_information',
  'public_data',
  'drafted_at',
  'revised_at',
  'build_state',
  'build_failure',
  'built_at',
  'object_id',
  'rows',
  'bytes',
  'dictionary',
  'sample',
  'profile',
  'quality',
  'board',
  'listed_at',
  'suspended_by',
  'suspension_reason',
  'withdrawn_at',
] as const satisfies readonly (keyof ProductTable)[];
