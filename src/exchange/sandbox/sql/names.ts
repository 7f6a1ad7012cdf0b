import { z } from 'zod';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { SourceName } from './asked.ts';
import { numeral } from './constants.ts';
import { DATE_PARTS, type Expression, type Predicate, TRUNCATION_UNITS } from './types.ts';

/** Reads back what the ledger keeps (`asked.ts`), which a database held meanwhile: nothing else becomes SQL. */
const place = { table: z.string().min(1).max(500), column: z.string().min(1).max(200) };
const ExpressionSchema: z.ZodType<Expression> = z.union([
  z.strictObject({ kind: z.literal('column'), ...place }),
  z.strictObject({ kind: z.literal('trunc'), unit: z.enum(TRUNCATION_UNITS), ...place }),
  z.strictObject({ kind: z.literal('part'), part: z.enum(DATE_PARTS), ...place }),
  z.strictObject({
    kind: z.literal('bin'),
    step: z.string().refine((text) => numeral(text) === text && !text.startsWith('-') && text !== '0'),
    ...place,
  }),
]);
const ConstantSchema = z.strictObject({
  type: z.enum(['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'instant']),
  text: z.string().max(400),
});
const PredicateSchema: z.ZodType<Predicate> = z.lazy(() =>
  z.union([
    z.strictObject({ op: z.enum(['and', 'or']), of: z.array(PredicateSchema).min(1) }),
    z.strictObject({ op: z.enum(['in', 'not in']), operand: ExpressionSchema, values: z.array(ConstantSchema).min(1) }),
    z.strictObject({ op: z.enum(['<', '<=', '>', '>=']), operand: ExpressionSchema, value: ConstantSchema }),
    z.strictObject({ op: z.enum(['null', 'not null']), operand: ExpressionSchema }),
  ]),
);
const SourceSchema: z.ZodType<SourceName> = z.strictObject({
  datasets: z.array(z.string().min(1).max(500)).min(1).max(10),
  joins: z.array(z.strictObject({ left: z.strictObject(place), right: z.strictObject(place) })).max(100),
});

/** Rows of a source as the ledger names them. */
export interface NamedRows {
  readonly source: string;
  readonly filter: readonly string[];
  readonly keys: readonly (readonly [expression: string, value: Value])[];
}

export const readExpressionName = (name: string): Expression => ExpressionSchema.parse(JSON.parse(name));
export const readPredicateName = (name: string): Predicate => PredicateSchema.parse(JSON.parse(name));
export const readSourceName = (name: string): SourceName => SourceSchema.parse(JSON.parse(name));
