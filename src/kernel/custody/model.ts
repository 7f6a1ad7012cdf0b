import type { ColumnType as Stored } from 'kysely';
import { idOf } from '../ids.ts';
import { text } from '../text.ts';

export const StoredObjectId = idOf('obj', text('存储对象编号', 'Object id'));
export const HoldId = idOf('hld', text('保全编号', 'Hold id'));
export const ErasureId = idOf('vex', text('销毁申请编号', 'Erasure id'));
export const StatementId = idOf('cst', text('保管证明编号', 'Statement id'));
export const RotationId = idOf('rot', text('密钥轮换编号', 'Rotation id'));

export const ROTATE_TASK = 'custody.rotate';
export const FORGET_TASK = 'custody.forget-masters';
export const REMOVE_TASK = 'custody.remove-bytes';

type Later<T> = Stored<T | null, T | null | undefined, T | null>;

export interface KeyRotationTable {
  readonly id: string;
  readonly kind: 'master' | 'owner';
  readonly party_id: string | null;
  readonly reason: string;
  readonly asked_at: Date;
  readonly new_key_id: Later<string>;
  readonly rewrapped: Stored<number, number | undefined, number>;
  readonly done_at: Later<Date>;
}
export interface LegalHoldTable {
  readonly id: string;
  readonly object_id: string;
  readonly owner_id: string;
  readonly placed_by: string;
  readonly reason: string;
  readonly citation: string;
  readonly placed_at: Date;
  readonly released_at: Later<Date>;
  readonly release_reason: Later<string>;
}
export interface VaultErasureTable {
  readonly id: string;
  readonly party_id: string;
  readonly object_id: string | null;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly state: 'asked' | 'done' | 'declined';
  readonly decided_by: Later<string>;
  readonly decided_at: Later<Date>;
  readonly objects: Later<number>;
}
export interface CustodyStatementTable {
  readonly id: string;
  readonly party_id: string;
  readonly at: Date;
  readonly sha256: string;
  readonly content: Stored<Statement, string, string>;
}

/** One object of an owner as the statement says it. */
export interface StatementItem {
  readonly objectId: string;
  readonly subject: string | null;
  readonly kind: 'dataset' | 'file' | 'other';
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly keyGeneration: number | null;
  readonly storedAt: string;
  readonly checkedAt: string | null;
  readonly damagedAt: string | null;
  readonly retainUntil: string | null;
  readonly holds: number;
}
export interface Statement {
  readonly format: 'shuheng-custody-1';
  readonly statementId: string;
  readonly owner: { readonly id: string; readonly name: string; readonly uscc: string };
  readonly at: string;
  readonly objects: number;
  readonly bytes: number;
  readonly items: readonly StatementItem[];
}

declare module '../database/database.ts' {
  interface Tables {
    key_rotation: KeyRotationTable;
    legal_hold: LegalHoldTable;
    vault_erasure: VaultErasureTable;
    custody_statement: CustodyStatementTable;
  }
}
