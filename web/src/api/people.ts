import type { PartyRef } from './common.ts';

export interface PartySummary {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly state: string;
}

export interface PartyDetail extends PartySummary {
  readonly uscc: string;
  readonly businessTypes: readonly string[];
  readonly providerClass: string | null;
}

/** Who is signed in. */
export interface Me {
  readonly person: {
    readonly id: string;
    readonly login: string;
    readonly displayName: string;
    readonly personalRoles: readonly string[];
    readonly secondFactorEnrolled: boolean;
  };
  readonly party: PartyRef & { readonly state: string; readonly roles: readonly string[] };
  /** In which the person may act now. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly secondFactor: boolean;
  /** The session may do nothing but set its second factor up. */
  readonly mustSetUpSecondFactor: boolean;
  readonly expiresAt: string;
}
