/** The verifier of receipts: the same code in the browser and in Node, without the server and without `node:` modules. */

export {
  type AnchorParts,
  type AnchorProven,
  type AnchorVerification,
  type Block,
  type FailedAnchorCheck,
  verifyAnchor,
} from './anchor.ts';
export {
  type BundleCheck,
  type BundledReceipt,
  type BundleProgress,
  type BundleProven,
  type BundleVerification,
  verifyBundle,
  verifyBundleFiles,
} from './bundle.ts';
export { base64, decimal, fromBase64, hex, same, textOf } from './bytes.ts';
export { canonicalJson } from './canonical.ts';
export {
  type CertificateCheck,
  type CertificateParts,
  type CertificateVerification,
  type UnreadableCertificate,
  verifyCertificate,
} from './certificate.ts';
export type { CertificateProven } from './certificate-words.ts';
export { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
export { cosignatureTime, cosignedText } from './cosignature.ts';
export { FILE_BYTES_MAX, type FileKind, HEAD_BYTES, kindOfHead, kindOfJson } from './kinds.ts';
export {
  type BundleHead,
  formatManifest,
  MANIFEST,
  type Manifest,
  type ManifestFile,
  POLICY,
  SEAL_ACT,
  SEAL_ENTRY,
  SEAL_PROOF,
} from './manifest.ts';
export { HASH_BYTES, isConsistent, leafHash, nodeHash, rootFromInclusion, type Tree } from './merkle.ts';
export {
  checkMisbehaviour,
  type Misbehaviour,
  type MisbehaviourCheck,
  type MisbehaviourFinding,
} from './misbehaviour.ts';
export {
  checkNote,
  formatKey,
  isKeyName,
  type KeyType,
  keyId,
  linesOf,
  type Note,
  type NoteKey,
  parseKey,
  parseNote,
  type SignatureLine,
  typeAndKey,
} from './note.ts';
export { checkOpening, checkOpenings, type Opening, type OpeningCheck, type ShownOpening } from './opening.ts';
export {
  type Cosigner,
  type Cosigning,
  checkCosignatures,
  type Policy,
  type PolicyLog,
  type PolicyReading,
  type PolicyTrouble,
  type PolicyWitness,
  parsePolicy,
  type Quorum,
} from './policy.ts';
export { formatProof, parseProof, type TlogProof } from './proof.ts';
export type { Trust } from './prover.ts';
export {
  type EntrySummary,
  type FailedCheck,
  type Proven,
  type ReceiptParts,
  type UnreadablePart,
  type Verification,
  verifyReceipt,
  type Witness,
  type Words,
} from './receipt.ts';
export { sm2Verifies } from './sm2.ts';
export type { Text } from './text.ts';
export { ZipWriter } from './zip.ts';
