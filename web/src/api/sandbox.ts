import type { Cell, PartyRef, SubjectReceipt, Text } from './common.ts';

export type ColumnUse = 'group' | 'filter' | 'join' | 'aggregate';

export interface ColumnPolicy {
  readonly name: string;
  readonly uses: readonly ColumnUse[];
  readonly range?: { readonly lower: number; readonly upper: number };
  readonly domain?: readonly (string | number)[];
}

export interface GrantPolicy {
  readonly lanes: readonly ('interactive' | 'airlock')[];
  readonly entityKey: string | null;
  readonly personal: boolean;
  readonly columns: readonly ColumnPolicy[];
  readonly k: number;
  readonly dominancePermille: number;
  readonly ratioPermille: number;
  readonly privacy:
    | { readonly kind: 'exact' }
    | { readonly kind: 'noise'; readonly epsilonTotal: number; readonly epsilonQuery: number };
  readonly cellsMax: number;
  readonly usesMax: number;
  readonly codeHashes: readonly string[] | null;
}

export interface SandboxProjectItem {
  readonly id: string;
  readonly title: string;
  readonly purpose: string;
  readonly state: 'open' | 'closed';
  readonly party: PartyRef;
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** Living grants that the reader may see. */
  readonly tables: number;
  /** Requests that wait for their holder. */
  readonly waiting: number;
  readonly part: 'operator' | 'holder' | 'supervisor';
}

export interface SandboxMember {
  readonly personId: string;
  readonly name: string;
  readonly training: { readonly heldOn: string; readonly topic: string; readonly validUntil: string } | null;
  readonly self: boolean;
}

export interface SandboxColumn {
  readonly name: string;
  readonly type: string;
  readonly titleZh: string;
  readonly titleEn: string | null;
  readonly description: string | null;
  readonly unit: string | null;
  readonly uses: readonly ColumnUse[];
  readonly range: { readonly lower: number; readonly upper: number } | null;
  readonly domain: readonly (string | number)[] | null;
}

export type GrantState = 'live' | 'suspended' | 'expired' | 'revoked' | 'ended';

export interface SandboxTable {
  readonly grantId: string;
  readonly alias: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly holder: PartyRef;
  readonly authorisationId: string | null;
  readonly rows: number;
  readonly state: GrantState;
  readonly reason: Text | null;
  readonly prepared: boolean;
  readonly newerData: boolean;
  readonly grantedAt: string;
  readonly validUntil: string;
  readonly policy: GrantPolicy;
  readonly grantHash: string;
  readonly columns: readonly SandboxColumn[];
  readonly budget: SandboxBudget & {
    readonly usesMax: number;
    readonly cellsMax: number;
    readonly epsilonTotalMicro: number | null;
  };
}

export interface SandboxRequest {
  readonly id: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly holder: PartyRef;
  readonly authorisationId: string | null;
  readonly alias: string;
  readonly wanted: string;
  readonly state: 'waiting' | 'granted' | 'closed';
  readonly requestedAt: string;
}

export interface SandboxProject extends SandboxProjectItem {
  readonly version: number;
  readonly closeReason: string | null;
  readonly members: readonly SandboxMember[];
  readonly memberCount: number;
  readonly mayAsk: boolean;
  readonly tableList: readonly SandboxTable[];
  readonly requests: readonly SandboxRequest[];
  readonly receipts: readonly SubjectReceipt[];
}

export type SuppressionClass = 'protected' | 'complementary' | 'history';

export interface SandboxBudget {
  readonly usesLeft: number;
  readonly cellsLeft: number;
  readonly epsilonLeftMicro: number | null;
}

export interface Suppressed {
  readonly cells: number;
  readonly rows: number;
  readonly complementary: number;
  readonly history: number;
}

export interface SandboxResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Of the same shape as the rows. */
  readonly marks: readonly (readonly (SuppressionClass | null)[])[];
}

export interface SandboxAnswer extends SandboxResult {
  readonly queryId: string;
  readonly suppressed: Suppressed;
  readonly noisy: boolean;
  readonly budget: SandboxBudget;
  readonly cached: boolean;
}

export interface SandboxQueryItem {
  readonly id: string;
  readonly at: string;
  readonly person: PartyRef | null;
  readonly sql: string;
  readonly tables: readonly string[];
  readonly rowCount: number;
  readonly cells: number;
  readonly suppressed: Suppressed;
  readonly noisy: boolean;
  readonly cached: boolean;
}

export interface SandboxQuery extends SandboxQueryItem, SandboxResult {
  readonly projectId: string;
}

export interface SandboxUse {
  readonly id: string;
  readonly at: string;
  readonly kind: 'query' | 'job' | 'service';
  readonly madeId: string;
  readonly project: { readonly id: string; readonly title: string };
  readonly party: PartyRef;
  readonly grantId: string;
  readonly alias: string;
  readonly resource: { readonly id: string; readonly title: string };
  readonly code: string;
  readonly state: string;
  readonly cells: number;
  readonly suppressed: Suppressed | null;
}

export interface SandboxAvailability {
  readonly executor: string;
  readonly sql: boolean;
  readonly python: boolean;
  readonly reason: Text | null;
  readonly sessionsMax: number;
}

export type JobState = 'queued' | 'running' | 'checking' | 'review' | 'released' | 'rejected' | 'failed' | 'cancelled';

export interface OutputColumn {
  readonly name: string;
  readonly type: 'integer' | 'decimal' | 'text' | 'date' | 'boolean';
  readonly role: 'group' | 'count' | 'measure';
  readonly decimals: number;
  readonly domain?: readonly string[];
  readonly from?: { readonly alias: string; readonly column: string };
}

export interface ModelCard {
  readonly family: 'linear' | 'tree' | 'centres';
  readonly algorithm: string;
  readonly target?: string;
  readonly features: readonly string[];
  readonly classes?: readonly string[];
  readonly intendedUse: string;
}

export type OutputDeclaration =
  | { readonly kind: 'table'; readonly columns: readonly OutputColumn[]; readonly rowsMax: number }
  | { readonly kind: 'metrics'; readonly names: readonly string[]; readonly decimals: number }
  | {
      readonly kind: 'chart';
      readonly chart: 'bar' | 'line';
      readonly columns: readonly OutputColumn[];
      readonly rowsMax: number;
    }
  | { readonly kind: 'model'; readonly format: 'json'; readonly card: ModelCard; readonly decimals: number };

export interface SandboxJobItem {
  readonly id: string;
  readonly projectId: string;
  readonly language: 'sql' | 'python';
  readonly kind: OutputDeclaration['kind'];
  readonly state: JobState;
  /** Why it failed or was rejected, as a class. */
  readonly failure: string | null;
  readonly submittedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly tables: readonly string[];
  readonly party: PartyRef;
  readonly outputId: string | null;
}

export interface JobContent {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly model: Readonly<Record<string, unknown>> | null;
}

export interface SandboxJob extends SandboxJobItem {
  readonly part: 'operator' | 'reviewer' | 'holder';
  readonly code: string;
  readonly programHash: string;
  readonly output: OutputDeclaration;
  readonly submittedBy: { readonly id: string; readonly name: string; readonly self: boolean };
  readonly attempts: number;
  readonly inputs: readonly {
    readonly alias: string;
    readonly grantId: string;
    readonly resourceId: string;
    readonly title: string;
    readonly holder: PartyRef;
  }[];
  readonly checks: readonly {
    readonly check: string;
    readonly result: 'pass' | 'review' | 'fail';
    readonly text: Text | null;
  }[];
  readonly differences:
    | readonly {
        readonly outputId: string;
        readonly changed: number;
        readonly small: number;
        readonly examples: readonly {
          readonly key: string;
          readonly column: string;
          readonly before: Cell;
          readonly now: Cell;
        }[];
      }[]
    | null;
  readonly reviews: readonly {
    readonly holder: PartyRef;
    readonly decision: 'release' | 'reject' | null;
    readonly reason: string | null;
    readonly decidedAt: string | null;
  }[];
  readonly content: JobContent | null;
  readonly contentSha256: string | null;
  readonly log: string | null;
  readonly withheld: Text | null;
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
  readonly resourceId: string | null;
  readonly mayCancel: boolean;
  readonly mayDecide: boolean;
  readonly receipts: readonly SubjectReceipt[];
}
