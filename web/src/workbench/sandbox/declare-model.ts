import type { ModelCard, OutputColumn, OutputDeclaration } from '../../api.ts';
import { listed } from './builder-model.ts';

/** A column of an output as it is typed. */
export interface ColumnDraft {
  readonly key: number;
  readonly name: string;
  readonly type: OutputColumn['type'];
  readonly role: OutputColumn['role'];
  /** `alias.column` of the table whose values may come out; empty where words are listed. */
  readonly from: string;
  readonly domain: string;
}

export interface DeclarationDraft {
  readonly kind: OutputDeclaration['kind'];
  readonly columns: readonly ColumnDraft[];
  readonly rowsMax: string;
  readonly chart: 'bar' | 'line';
  readonly names: string;
  readonly family: ModelCard['family'];
  readonly algorithm: string;
  readonly target: string;
  readonly features: string;
  readonly classes: string;
  readonly intendedUse: string;
}

export const FIRST_DECLARATION: DeclarationDraft = {
  kind: 'table',
  columns: [],
  rowsMax: '1000',
  chart: 'bar',
  names: '',
  family: 'linear',
  algorithm: '',
  target: '',
  features: '',
  classes: '',
  intendedUse: '',
};

const NAME = /^[\p{L}_][\p{L}\p{N}_]{0,59}$/u;
const DECIMALS = 3;
const MODEL_DECIMALS = 6;

export type DeclarationFault = 'columns' | 'names' | 'rowsMax' | 'algorithm' | 'features' | 'intendedUse';

/** What the form cannot send; whether a declaration is sound besides, the server says with its rule. */
export function declarationFaults(d: DeclarationDraft): DeclarationFault[] {
  const faults: DeclarationFault[] = [];
  if (d.kind === 'table' || d.kind === 'chart') {
    if (d.columns.length === 0 || d.columns.some((c) => !NAME.test(c.name))) faults.push('columns');
    if (!/^[1-9]\d{0,3}$/.test(d.rowsMax.trim())) faults.push('rowsMax');
  }
  const named = (text: string) => listed(text).length > 0 && listed(text).every((n) => NAME.test(n));
  if (d.kind === 'metrics' && !named(d.names)) faults.push('names');
  if (d.kind === 'model') {
    if (!d.algorithm.trim()) faults.push('algorithm');
    if (!named(d.features)) faults.push('features');
    if (!d.intendedUse.trim()) faults.push('intendedUse');
  }
  return faults;
}

function columnOf(c: ColumnDraft): OutputColumn {
  const [alias, ...rest] = c.from.split('.');
  const domain = listed(c.domain);
  return {
    name: c.name,
    type: c.type,
    role: c.role,
    decimals: DECIMALS,
    ...(c.from && alias ? { from: { alias, column: rest.join('.') } } : {}),
    ...(!c.from && domain.length > 0 ? { domain } : {}),
  };
}

export function declarationOf(d: DeclarationDraft): OutputDeclaration {
  if (d.kind === 'metrics') return { kind: 'metrics', names: listed(d.names), decimals: DECIMALS };
  if (d.kind === 'model')
    return {
      kind: 'model',
      format: 'json',
      decimals: MODEL_DECIMALS,
      card: {
        family: d.family,
        algorithm: d.algorithm.trim(),
        features: listed(d.features),
        intendedUse: d.intendedUse.trim(),
        ...(d.target.trim() ? { target: d.target.trim() } : {}),
        ...(listed(d.classes).length > 0 ? { classes: listed(d.classes) } : {}),
      },
    };
  const columns = d.columns.map(columnOf);
  const rowsMax = Number(d.rowsMax);
  return d.kind === 'chart' ? { kind: 'chart', chart: d.chart, columns, rowsMax } : { kind: 'table', columns, rowsMax };
}

/** `alias.column` of the tables; those that the code names come first, as what it is most likely to give. */
export function sourcesFirst(sources: readonly string[], code: string): string[] {
  const words = new Set(code.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  const named = (source: string) => source.split('.').every((word) => words.has(word));
  return [...sources.filter(named), ...sources.filter((source) => !named(source))];
}
