import type { Text } from '../../../src/kernel/text.ts';

export type { Text };

/** What the server answers; written by hand beside the reads of `src/`, in this one file. */
export interface Money {
  /** Integer fen as a string: JSON numbers would lose large sums. */
  readonly amountFen: string;
  readonly currency: 'CNY';
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Violation {
  readonly rule: string;
  readonly article: string;
  /** The article in both languages; refusals kept in the database know only the Chinese. */
  readonly citation?: Text;
  readonly fact: Text;
  readonly remedy: Text;
}

/** RFC 9457 problem details with the reasons of a refusal. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly titleText?: Text;
  readonly violations: readonly Violation[];
}

export interface ReceiptRef {
  readonly id: string;
  readonly at: string;
}

export interface ActInfo {
  readonly name: string;
  readonly title: Text;
  readonly by: { readonly kind: 'anyone' | 'signed-in' | 'system' | 'roles'; readonly roles?: readonly string[] };
  readonly byText: Text;
  readonly secondFactor: boolean;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  readonly rules: readonly {
    readonly id: string;
    readonly title: Text;
    readonly effect: string;
    readonly version: string;
    readonly article: string;
  }[];
}

/** The part of JSON Schema 2020-12 that the forms understand. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly 'x-title-en'?: string;
  readonly 'x-id'?: string;
  readonly description?: string;
  readonly 'x-description-en'?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

export interface PartyRef {
  readonly id: string;
  readonly name: string;
}

export type Cell = string | number | boolean | null;

export interface Facet {
  readonly value: string;
  readonly count: number;
}

/** An act on a subject, by its receipt. */
export interface SubjectReceipt {
  readonly id: string;
  readonly act: string;
  readonly at: string;
}
