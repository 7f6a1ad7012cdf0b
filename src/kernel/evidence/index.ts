export {
  assembleBundle,
  type BundleContent,
  type BundleFile,
  type BundleReceipt,
  packBundle,
  type UnsealedBundle,
} from './bundle/assemble.ts';
export {
  type BuiltEntry,
  buildEntry,
  canonical,
  commitment,
  insertEntry,
  type OpenEntry,
  type SealedValue,
  salted,
  sha256Hex,
} from './entry.ts';
export { keyProviderOf } from './exec-keys.ts';
export { type FsckReport, fsck } from './fsck.ts';
export { fileKeyProvider, type KeyPurpose } from './keys.ts';
export { type LogFile, logFile } from './log-files.ts';
export { type LogSigner, signNote } from './note.ts';
export {
  entryBytes,
  type LogStatus,
  logKey,
  logStatus,
  proofFor,
  settled,
} from './receipts.ts';
export { DEFAULT_ORIGIN, type Sequencer, type SequencerOptions, startSequencer } from './sequencer.ts';
export { type AnnouncedSigner, type CryptoSuite, configureKeys, type SigningKeys, signers } from './signers.ts';
export { diskTileStore, openTileStore, type TileStore } from './store.ts';
export { policyOf, verifierPage } from './verifier-page.ts';
export { keepWitnesses } from './witness/children.ts';
export { type Feeder, startFeeder } from './witness/feeder.ts';
export { logVkeys, operatorPolicy, policyFile, setWitnessPolicy } from './witness/policies.ts';
