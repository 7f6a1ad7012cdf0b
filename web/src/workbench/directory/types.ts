import type { Text } from '../../api.ts';

export interface ImportSummary {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
  readonly state: 'reading' | 'preview' | 'failed' | 'committed' | 'discarded';
  readonly stateTitle: Text;
  readonly counts: Readonly<Record<'total' | 'added' | 'changed' | 'same' | 'faulty', number>>;
  readonly failure: Text | null;
  readonly startedAt: string;
}

export interface Import extends ImportSummary {
  readonly version: number;
  readonly snapshots: { readonly wanted: number; readonly taken: number; readonly failed: number };
  readonly receipts: readonly { readonly id: string; readonly act: string; readonly at: string }[];
}

export interface ImportRow {
  readonly position: number;
  readonly number: string;
  readonly title: string;
  readonly outcome: 'new' | 'changed' | 'same' | 'faulty';
  readonly resourceId: string | null;
  readonly columnCount: number;
  readonly changes: readonly { readonly part: string; readonly from: unknown; readonly to: unknown }[];
  readonly problems: readonly { readonly rule: string; readonly citation: Text | null; readonly fact: Text }[];
  readonly missing: readonly string[];
  readonly snapshot: 'wanted' | 'taken' | 'failed' | null;
  readonly failure: Text | null;
}
