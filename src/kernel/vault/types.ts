import type { Readable } from 'node:stream';

/** What the vault knows of an object; the bytes themselves are encrypted at rest. */
export interface ObjectInfo {
  /** `obj_…` */
  readonly id: string;
  readonly ownerPartyId: string;
  readonly name: string;
  readonly mediaType: string;
  /** Size of the plain content. */
  readonly bytes: number;
  /** SHA-256 of the plain content, hex. */
  readonly sha256: string;
}

/** Inclusive byte range of the plain content. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Vault {
  /** Encrypts a stream into a new object. @throws RangeError above `bytesMax` */
  readonly put: (
    content: Readable,
    meta: { ownerPartyId: string; name: string; mediaType: string; bytesMax?: number },
  ) => Promise<ObjectInfo>;
  /** Encrypts a file of this machine into a new object. */
  readonly putFile: (
    path: string,
    meta: { ownerPartyId: string; name: string; mediaType: string },
  ) => Promise<ObjectInfo>;
  readonly info: (objectId: string) => Promise<ObjectInfo | undefined>;
  /**
   * The plain bytes, integrity checked frame by frame; a damaged frame ends the stream with a VaultFailure.
   * @throws RangeError for a range outside the object, VaultFailure when it is missing or cut off
   */
  readonly open: (objectId: string, range?: ByteRange) => Promise<Readable>;
  /**
   * Lends the plain content as a private temporary file, removed when `use` ends; a table that lies in several files as a
   * folder, which the tools of tables read as one.
   */
  readonly withFile: <T>(objectId: string, use: (path: string) => Promise<T>) => Promise<T>;
  /** Writes the plain content to a file of the caller's. */
  readonly lay: (objectId: string, path: string) => Promise<void>;
  readonly remove: (objectId: string) => Promise<void>;
  /** Removes the bytes of an object whose key is destroyed; its row stays. */
  readonly removeBytes: (objectId: string) => Promise<void>;
  readonly keys: VaultKeys;
  /** A private folder for files in the making (0700, emptied at start). */
  readonly withFolder: <T>(use: (folder: string) => Promise<T>) => Promise<T>;
  /** Where the bytes of an upload lie until they are taken into the vault (0600 in a folder 0700). */
  readonly uploadPath: (uploadId: string) => string;
}

/** The steps of a change of keys; each may be repeated, and every object can be read between any two of them. */
export interface VaultKeys {
  /** @returns the id of the new master key, which wraps from now on */
  readonly rotateMaster: () => Promise<string>;
  /** @returns how many were wrapped again; 0 when none are left */
  readonly rewrapOwners: () => Promise<number>;
  /** @param partyId one owner; without, whatever the master key wraps itself */
  readonly rewrapData: (partyId?: string) => Promise<number>;
  /** @returns the id of the owner's newest key, of the generation after that one or a later one */
  readonly nextOwnerKey: (partyId: string, after: number) => Promise<string>;
  readonly endOldOwnerKeys: (partyId: string) => Promise<void>;
  /** @returns how many old generations of the master key are gone for good */
  readonly forgetUnusedMasters: () => Promise<number>;
}
