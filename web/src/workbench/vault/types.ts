import type { Text } from '../../api.ts';

export interface KeptObject {
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
  readonly clearAtExpiry: boolean;
  readonly holds: number;
  readonly destroyedAt: string | null;
}

export interface Usage {
  readonly bytes: number;
  readonly objects: number;
  readonly bytesMax: number;
  readonly objectsMax: number;
  readonly own: boolean;
}

export interface Hold {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  readonly citation: string;
  readonly at: string;
  readonly releasedAt: string | null;
  readonly releaseReason: string | null;
  readonly ours: boolean;
}

export interface KeptDetail extends KeptObject {
  readonly owner: { readonly id: string; readonly name: string };
  readonly heldBy: readonly Hold[];
  readonly uses: readonly {
    readonly at: string;
    readonly what: Text;
    readonly by: string | null;
    readonly subject: string;
  }[];
}

export interface Erasure {
  readonly id: string;
  readonly owner: string;
  readonly objectId: string | null;
  readonly reason: string;
  readonly askedAt: string;
  readonly state: 'asked' | 'done' | 'declined';
  readonly objects: number | null;
  readonly own: boolean;
}

export interface StatementRow {
  readonly id: string;
  readonly at: string;
  readonly sha256: string;
  readonly objects: number;
  readonly bytes: number;
}

export interface Rotation {
  readonly id: string;
  readonly kind: 'master' | 'owner';
  readonly party: string | null;
  readonly reason: string;
  readonly askedAt: string;
  readonly doneAt: string | null;
  readonly rewrapped: number;
}
