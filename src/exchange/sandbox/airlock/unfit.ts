/** In what an output is not what was declared: a class only, since where it stands could itself be a message. */
export const UNFIT_KINDS = ['missing', 'size', 'form', 'columns', 'rows', 'type', 'domain', 'model'] as const;
export type UnfitKind = (typeof UNFIT_KINDS)[number];

export class Unfit extends Error {
  override name = 'Unfit';
  readonly kind: UnfitKind;
  constructor(kind: UnfitKind) {
    super(kind);
    this.kind = kind;
  }
}
