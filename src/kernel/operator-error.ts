/** A problem the operator can mend: one sentence for the terminal, no stack trace. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
