/**
 * Anchoring puts the SHA-256 of a signed checkpoint on a public or consortium chain: one more witness of what the log
 * was at a time. It is never on the way of an act; without it everything else works.
 */

/** One signed transaction, kept before it is sent, so that a kill leaves nothing unknown. */
export interface Try {
  /** `0x…` */
  readonly hash: string;
  /** The signed transaction, `0x…`. Sending it twice puts it on the chain once. */
  readonly raw: string;
  readonly nonce: number;
  /** RFC 3339. */
  readonly at: string;
}

/** Where on the chain a digest stands. */
export interface Place {
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

export interface Standing {
  /** The chain holds this transaction in this very block, and its calldata is a digest. */
  readonly found: boolean;
  /** 64 hex digits, as the chain holds it. */
  readonly digest: string | null;
  /** As the block's maker wrote it. */
  readonly blockTime: Date | null;
  /** 1 for the newest block; 0 when not found. */
  readonly confirmations: number;
}

/** What lets anybody check the place offline, down to the hash of the block. */
export interface ChainProof {
  /** The signed transaction, `0x…`. */
  readonly transaction: string;
  /** Its place in the block. */
  readonly index: number;
  /** RLP of the header and of the nodes of the transactions trie; null where the chain forms its blocks in another way. */
  readonly header: string | null;
  readonly trie: readonly string[] | null;
}

/** A chain that anchors are published on; one adapter for each kind. Every function throws when the chain cannot be reached. */
export interface AnchorChain {
  /** Asked from the chain, never assumed. */
  readonly identify: () => Promise<{ readonly chain: string; readonly chainId: string; readonly account: string }>;
  /**
   * Takes a digest one step nearer to its place; called again with the tries kept so far until it has one. What will be
   * sent is first given to `keep`, and sent only once that has resolved.
   * @param digest 64 hex digits
   * @returns undefined while it waits for a block
   */
  readonly publish: (
    digest: string,
    tries: readonly Try[],
    keep: (next: Try) => Promise<void>,
  ) => Promise<Place | undefined>;
  readonly verify: (place: Place) => Promise<Standing>;
  readonly prove: (place: Place) => Promise<ChainProof>;
}
