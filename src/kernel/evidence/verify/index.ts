/** The verifier of receipts: the same code in the browser and in Node, without the server and without `node:` modules. */
export { base64, fromBase64, hex } from './bytes.ts';
export { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
export { HASH_BYTES, isConsistent, leafHash, nodeHash, rootFromInclusion, type Tree } from './merkle.ts';
export {
  checkNote,
  ED25519_TYPE,
  formatKey,
  isKeyName,
  keyId,
  type LogKey,
  type Note,
  parseKey,
  parseNote,
} from './note.ts';
export { formatProof, parseProof, type TlogProof } from './proof.ts';
export {
  type EntrySummary,
  type FailedCheck,
  type Proven,
  type ReceiptParts,
  type UnreadablePart,
  type Verification,
  verifyReceipt,
} from './receipt.ts';
