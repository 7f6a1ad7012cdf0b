import type { PartyRef, SubjectReceipt } from './common.ts';

export type JointState = 'proposed' | 'running' | 'done' | 'ended';
export type JointGround = 'consent' | 'statutory' | 'not-personal';

export type JointResult =
  | { readonly tooFew: boolean; readonly count: number | null }
  | { readonly totals: readonly { readonly field: string; readonly total: string }[] };

interface JointSession {
  readonly id: string;
  readonly kind: 'intersection' | 'sum';
  readonly title: string;
  readonly purpose: string;
  readonly reveal: 'count' | 'ids' | null;
  readonly identifier: string | null;
  readonly fields: readonly string[] | null;
  readonly state: JointState;
  readonly openedBy: string;
  readonly openedAt: string;
  readonly until: string;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly result: JointResult | null;
  readonly transcript: string | null;
}

export interface JointItem extends JointSession {
  readonly partners: readonly (PartyRef & { readonly joined: boolean })[];
  readonly joined: boolean;
}

export interface JointParty extends PartyRef {
  readonly own: boolean;
  readonly joinedAt: string | null;
  readonly ground: JointGround | null;
  readonly size: number | null;
  readonly sentOwn: number;
  readonly sentOther: number;
  readonly contributed: boolean;
}

export interface JointDetail extends JointSession {
  readonly parties: readonly JointParty[];
  readonly receipts: readonly SubjectReceipt[];
}

export interface JointLimits {
  readonly sizeLeast: number;
  readonly sizeMost: number;
  readonly runsMost: number;
  readonly runsDays: number;
  readonly commonLeast: number;
  readonly sumParties: number;
  readonly hoursMost: number;
}
