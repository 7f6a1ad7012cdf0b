import { hex, textOf, utf8 } from './bytes.ts';
import { cosignatureTime } from './cosignature.ts';
import { checkNote, linesOf, type Note, type NoteKey, parseKey } from './note.ts';
import type { Text } from './text.ts';

/**
 * Trust policies (C2SP tlog-policy at 5ba5ee8): which logs, which witnesses, and how many of them make a quorum. The
 * file is a sequence of bytes: names are compared byte by byte, never as Unicode.
 */
const POLICY_BYTES_MAX = 1_000_000;
/** Of logs, of witnesses and of groups; the specification asks for at least 32. */
const EACH_MAX = 1_000;
const NONE = 'none';
const SM2_COMMENT = '#sm2';
/** Tab and what is printable; everything with the high bit is allowed and opaque. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

export interface PolicyLog {
  readonly key: NoteKey;
  readonly url: string | null;
}

export interface PolicyWitness {
  /** Within the policy only; for people to read. */
  readonly name: string;
  readonly key: NoteKey;
  /** Where it takes checkpoints (the submission prefix of tlog-witness). */
  readonly url: string | null;
}

/** What witnesses a checkpoint: one witness, or so many members of a group. */
export type Quorum =
  | { readonly witness: PolicyWitness }
  | { readonly group: string; readonly threshold: number; readonly members: readonly Quorum[] };

export interface Policy {
  readonly logs: readonly PolicyLog[];
  /**
   * SM2 keys of the logs. The format has no place for them, so `/log/policy` names them in comments, `#sm2 <vkey>`: their
   * lines are checked beside the others and never stand for them.
   */
  readonly beside: readonly NoteKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** null: no cosignature is asked for (`quorum none`). */
  readonly quorum: Quorum | null;
}

/** Why a policy cannot be used. */
export interface PolicyTrouble {
  /** Counted from 1; 0 when the file as a whole is meant. */
  readonly line: number;
  readonly says: Text;
}

export type PolicyReading =
  | { readonly policy: Policy; readonly trouble?: undefined }
  | { readonly policy?: undefined; readonly trouble: PolicyTrouble };

/** Reads a policy; what the specification does not allow is refused, with the line and what is wrong with it. */
export function parsePolicy(file: Uint8Array | string): PolicyReading {
  const bytes = typeof file === 'string' ? utf8(file) : file;
  try {
    return { policy: readPolicy(bytes) };
  } catch (error) {
    if (error instanceof Trouble) return { trouble: { line: error.line, says: error.says } };
    throw error;
  }
}

class Trouble extends Error {
  readonly says: Text;
  line = 0;
  constructor(zh: string, en: string) {
    super(en);
    this.says = { zh, en };
  }
}

/** What the lines so far have defined. Names are binary strings: one character a byte. */
class Reader {
  readonly logs: PolicyLog[] = [];
  readonly beside: NoteKey[] = [];
  readonly witnesses: PolicyWitness[] = [];
  readonly #defined = new Map<string, Quorum>();
  readonly #members = new Set<string>();
  readonly #keys = new Set<string>();
  #groups = 0;
  quorum: Quorum | null | undefined;

  read([keyword = '', ...words]: readonly string[]): void {
    if (keyword === 'log') this.#log(words);
    else if (keyword === 'witness') this.#witness(words);
    else if (keyword === 'group') this.#group(words);
    else if (keyword === 'quorum') this.#quorum(words);
    else throw new Trouble(`不认识“${shown(keyword)}”`, `“${shown(keyword)}” is no keyword`);
  }

  /** What is no such key is a comment like any other. */
  comment([keyword, vkey = '', ...more]: readonly string[]): void {
    const key = keyword === SM2_COMMENT && more.length === 0 ? parseKey(shown(vkey)) : undefined;
    if (key?.type !== 'sm2') return;
    this.#room(this.beside.length);
    this.beside.push(key);
  }

  #log([vkey, url, ...more]: readonly string[]): void {
    if (vkey === undefined || more.length > 0) throw form('log <vkey> [<url>]');
    this.#room(this.logs.length);
    this.logs.push({ key: this.#key('log', vkey), url: url === undefined ? null : shown(url) });
  }

  #witness([name, vkey, url, ...more]: readonly string[]): void {
    if (name === undefined || vkey === undefined || more.length > 0) throw form('witness <name> <vkey> [<url>]');
    const key = this.#key('witness', vkey);
    const witness = { name: shown(name), key, url: url === undefined ? null : shown(url) };
    this.#define(name, { witness });
    this.#room(this.witnesses.length);
    this.witnesses.push(witness);
  }

  #group([name, count, ...names]: readonly string[]): void {
    if (name === undefined || count === undefined || names.length === 0) throw form('group <name> all|any|<k> <name>…');
    const threshold = thresholdOf(count, names.length);
    const members = names.map((member) => this.#member(member));
    this.#room(this.#groups++);
    this.#define(name, { group: shown(name), threshold, members });
  }

  #quorum([name, ...more]: readonly string[]): void {
    if (name === undefined || more.length > 0) throw form('quorum <name>');
    if (this.quorum !== undefined) throw new Trouble('只能有一行 quorum', 'there can be only one quorum line');
    this.quorum = name === NONE ? null : this.#named(name);
  }

  #key(kind: 'log' | 'witness', vkey: string): NoteKey {
    const key = parseKey(shown(vkey));
    if (!key) throw new Trouble('公钥无法读取，或类型不支持', 'the key cannot be read, or is of a kind unknown here');
    if (kind === 'witness' && key.type !== 'cosignature')
      throw new Trouble('见证公钥须为类型 0x04（Ed25519 联署）', 'a witness key has type 0x04 (Ed25519 cosignature)');
    // Two keys are the same when the raw key is, whatever their names, ids and types.
    const raw = `${kind} ${hex(key.publicKey)}`;
    if (this.#keys.has(raw)) throw new Trouble('同一公钥出现两次', 'the same public key appears twice');
    this.#keys.add(raw);
    return key;
  }

  #room(taken: number): void {
    if (taken >= EACH_MAX) throw new Trouble(`同类的行最多 ${EACH_MAX} 行`, `there can be ${EACH_MAX} lines of a kind`);
  }

  #define(name: string, quorum: Quorum): void {
    if (name === NONE) throw new Trouble('名称 none 为保留字', 'the name none is reserved');
    if (this.#defined.has(name))
      throw new Trouble(`名称“${shown(name)}”已被使用`, `the name “${shown(name)}” is taken`);
    this.#defined.set(name, quorum);
  }

  #named(name: string): Quorum {
    const quorum = this.#defined.get(name);
    if (!quorum)
      throw new Trouble(`前面的行没有定义“${shown(name)}”`, `no line before this one defines “${shown(name)}”`);
    return quorum;
  }

  /** Each name is a member once at most, so that a witness counts in one way only. */
  #member(name: string): Quorum {
    const quorum = this.#named(name);
    if (this.#members.has(name))
      throw new Trouble(`“${shown(name)}”已是某组的成员`, `“${shown(name)}” is a member of a group already`);
    this.#members.add(name);
    return quorum;
  }
}

function readPolicy(bytes: Uint8Array): Policy {
  if (bytes.length > POLICY_BYTES_MAX) throw new Trouble('文件过大', 'the file is too large');
  const reader = new Reader();
  let number = 0;
  try {
    for (const line of binary(bytes).split('\n')) {
      number++;
      const words = wordsOf(line);
      if (words[0]?.startsWith('#')) reader.comment(words);
      else if (words.length > 0) reader.read(words);
    }
  } catch (error) {
    if (error instanceof Trouble) error.line = number;
    throw error;
  }
  const { logs, beside, witnesses, quorum } = reader;
  if (quorum === undefined) throw new Trouble('缺少 quorum 行', 'the quorum line is missing');
  return { logs, beside, witnesses, quorum };
}

/** Split at spaces and tabs only. */
function wordsOf(line: string): string[] {
  const [forbidden] = FORBIDDEN.exec(line) ?? [];
  if (forbidden !== undefined) {
    const code = `0x${forbidden.charCodeAt(0).toString(16).padStart(2, '0')}`;
    throw new Trouble(`字节 ${code} 不允许出现`, `the byte ${code} is not allowed`);
  }
  return line.split(/[ \t]+/).filter((word) => word !== '');
}

/** One character for each byte, so that names stay what they are in the file. */
const binary = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

function thresholdOf(count: string, members: number): number {
  if (count === 'any') return 1;
  if (count === 'all') return members;
  const threshold = /^[0-9]{1,9}$/.test(count) ? Number(count) : undefined;
  if (threshold === undefined)
    throw new Trouble(`“${shown(count)}”应为 all、any 或数字`, `“${shown(count)}” is neither all, any nor a number`);
  if (threshold < 1 || threshold > members)
    throw new Trouble(`门限须在 1 与 ${members} 之间`, `the threshold must be between 1 and ${members}`);
  return threshold;
}

const form = (usage: string): Trouble => new Trouble(`应写作 ${usage}`, `it should read: ${usage}`);

/** A word for people: as UTF-8 where it is that, else byte by byte. */
function shown(word: string): string {
  const bytes = Uint8Array.from(word, (letter) => letter.charCodeAt(0));
  return textOf(bytes) ?? word;
}

/** A witness that cosigned, and when (seconds since 1970), as it says itself. */
export interface Cosigner {
  readonly name: string;
  readonly seconds: bigint;
}

export type Cosigning =
  | { readonly met: boolean; readonly cosigners: readonly Cosigner[]; readonly forged?: undefined }
  | { readonly forged: string };

/**
 * Counts the cosignatures under a note. A line that claims to be of a known witness and is not right makes the whole
 * note untrue, even where the others would do.
 */
export function checkCosignatures(note: Note, policy: Policy): Cosigning {
  const cosigners = new Map<PolicyWitness, Cosigner>();
  for (const witness of policy.witnesses) {
    const standing = checkNote(note, witness.key);
    if (standing === 'forged') return { forged: witness.name };
    if (standing === 'unsigned') continue;
    // All its lines are right; the one with the latest time says most.
    const times = linesOf(note, witness.key).flatMap((line) => cosignatureTime(line.signature) ?? []);
    cosigners.set(witness, { name: witness.name, seconds: times.sort(ascending).at(-1) ?? 0n });
  }
  const met = policy.quorum === null || isMet(policy.quorum, (witness) => cosigners.has(witness));
  return { met, cosigners: [...cosigners.values()] };
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

function isMet(quorum: Quorum, cosigned: (witness: PolicyWitness) => boolean): boolean {
  if ('witness' in quorum) return cosigned(quorum.witness);
  return quorum.members.filter((member) => isMet(member, cosigned)).length >= quorum.threshold;
}
