import { randomBytes } from 'node:crypto';
import { usccCheckCharacter } from '../src/kernel/access/uscc.ts';

/** A well-formed unified social credit code that belongs to nobody, and to none of the sample's parties; no two runs draw the same one. */
export function codeOfNobody(): string {
  const body = `91000000NX${randomBytes(4).toString('hex').slice(1).toUpperCase()}`;
  return `${body}${usccCheckCharacter(body)}`;
}
