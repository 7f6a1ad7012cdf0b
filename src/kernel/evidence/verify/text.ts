/** A sentence in both languages, as everywhere in the house; said again here because the verifier stands alone. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}
