import dayjs, { type Dayjs } from 'dayjs';
import type { JsonSchema } from '../../api.ts';
import { fenOf, yuan } from '../format.ts';

/** What a field is for the person; several shapes of schema are one kind of field. */
export type FieldKind =
  | 'money'
  | 'choice'
  | 'choices'
  | 'words'
  | 'text'
  | 'long-text'
  | 'secret'
  | 'date'
  | 'moment'
  | 'number'
  | 'boolean'
  | 'rows'
  | 'group';

const LONG_TEXT_FROM = 200;
const SECRET = /password|secret/i;
const LONG_NAMES = /^(summary|description|scenario|statement|sourceStatement|commitment|reason|message)$/;

/** `anyOf: [X, null]` is X that may stay empty. */
export function plain(schema: JsonSchema): { readonly schema: JsonSchema; readonly nullable: boolean } {
  const some = schema.anyOf?.filter((s) => s.type !== 'null');
  const [only] = some ?? [];
  if (!only || some?.length !== 1) return { schema, nullable: false };
  const { anyOf: _, ...rest } = schema;
  return { schema: { ...only, ...rest }, nullable: true };
}

export function kindOf(name: string, raw: JsonSchema): FieldKind {
  const { schema } = plain(raw);
  if (schema.type === 'object') return schema.properties && 'amountFen' in schema.properties ? 'money' : 'group';
  if (schema.type === 'array') {
    if (schema.items?.type === 'object') return 'rows';
    return schema.items?.enum ? 'choices' : 'words';
  }
  if (schema.enum) return 'choice';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.format === 'date') return 'date';
  if (schema.format === 'date-time') return 'moment';
  if (schema.format === 'password' || SECRET.test(name)) return 'secret';
  return LONG_NAMES.test(name) || (schema.maxLength ?? 0) > LONG_TEXT_FROM ? 'long-text' : 'text';
}

const entries = (schema: JsonSchema) => Object.entries(schema.properties ?? {});
const asRecord = (value: unknown) =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** From the API's values to those of the controls: money in yuan, dates as objects of the date picker. */
export function toForm(schema: JsonSchema, value: unknown): unknown {
  const record = asRecord(value);
  return Object.fromEntries(
    entries(schema).map(([name, raw]) => {
      const { schema: s } = plain(raw);
      return [name, one(kindOf(name, raw), s, record[name] ?? s.default)];
    }),
  );
}

const BEIJING_MS = 8 * 3_600_000;

/** Times are typed as they are shown, by the clock of Beijing, wherever the browser stands. */
const beijingClock = (moment: string): Dayjs =>
  dayjs(new Date(Date.parse(moment) + BEIJING_MS).toISOString().slice(0, 19));
const momentOf = (clock: Dayjs): string => new Date(`${clock.format('YYYY-MM-DDTHH:mm:ss')}+08:00`).toISOString();

function one(kind: FieldKind, schema: JsonSchema, value: unknown): unknown {
  if (kind === 'group') return toForm(schema, value);
  if (value === undefined || value === null) return undefined;
  if (kind === 'money') return yuan(String(asRecord(value).amountFen ?? '0'));
  if (kind === 'date') return dayjs(String(value));
  if (kind === 'moment') return beijingClock(String(value));
  if (kind === 'rows' && Array.isArray(value)) return value.map((v) => toForm(schema.items ?? {}, v));
  return value;
}

/** From the controls to the API; empty fields are left out, or null where the schema wants null. */
export function toInput(schema: JsonSchema, values: unknown): unknown {
  const record = asRecord(values);
  const filled = entries(schema).flatMap(([name, raw]) => {
    const { schema: s, nullable } = plain(raw);
    const value = back(kindOf(name, raw), s, record[name]);
    if (value !== undefined) return [[name, value] as const];
    return nullable && (schema.required ?? []).includes(name) ? [[name, null] as const] : [];
  });
  return Object.fromEntries(filled);
}

function back(kind: FieldKind, schema: JsonSchema, value: unknown): unknown {
  if (kind === 'group') {
    const group = toInput(schema, value) as object;
    return Object.keys(group).length > 0 ? group : undefined;
  }
  if (value === undefined || value === null || value === '') return undefined;
  if (kind === 'money') {
    const fen = fenOf(String(value));
    return fen === null ? undefined : { amountFen: fen, currency: 'CNY' };
  }
  if (kind === 'date') return (value as Dayjs).format('YYYY-MM-DD');
  if (kind === 'moment') return momentOf(value as Dayjs);
  if (kind === 'rows') return (value as readonly unknown[]).map((v) => toInput(schema.items ?? {}, v));
  return value;
}
