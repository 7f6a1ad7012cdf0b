/**
 * What the law keeps for a time whatever a person asks: the records of trades. The kernel knows no trade, so the house
 * says which acts and tables hold them.
 */
export interface Retention {
  /** Acts whose evidence is a record of a trade. */
  readonly acts: readonly string[];
  /** Tables of such records, with the column that says since when. */
  readonly tables: readonly { readonly table: string; readonly since: string }[];
}

let retention: Retention = { acts: [], tables: [] };

/** Called once, when the rooms of the house are put together. */
export function configureRetention(of: Retention): void {
  retention = of;
}

export const retained = (): Retention => retention;
