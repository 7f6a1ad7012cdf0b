import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { resolve } from 'node:path';
import { sm2PublicFromPem, sm2SignatureFromDer } from '../crypto/index.ts';
import { OperatorError } from '../operator-error.ts';
import { fileKeyProvider, type KeyLabel, type KeyProvider, labelText } from './keys.ts';
import type { HeldKey, KeyAlgorithm } from './private-keys.ts';
import { sm2Verifies } from './verify/index.ts';

/**
 * Keys behind a program of the operator's: a hardware module, a key service, another user of this machine. It is called
 * as `PROGRAM public <label> <algorithm>`, `PROGRAM create <label> <algorithm>` and `PROGRAM sign <label> <algorithm>`.
 * The first two print the public key as PEM, the third reads the message and prints the signature: Ed25519 as 64 bytes,
 * SM2 (with SM3, under the default user id) as r ‖ s or DER. Exit code 3 means that there is no such key.
 */
const NO_SUCH_KEY = 3;
const TIMEOUT_MS = 10_000;
const OUTPUT_BYTES_MAX = 10_000;
const SPKI_PREFIX_BYTES = 12;
const SIGNATURE_BYTES = 64;
/** What the program gets of this process's environment: nothing else here is its business. */
const ENVIRONMENT = /^(PATH|HOME|LANG|LC_.*|TMPDIR|SHUHENG_KEY_.*)$/;

const EXEC = 'exec:';

/** The provider a setting names: `file`, or `exec:<program>`. */
export const keyProviderOf = (setting: string, folder: string): KeyProvider =>
  setting.startsWith(EXEC) ? execKeyProvider(setting.slice(EXEC.length)) : fileKeyProvider(folder);

type Verb = 'public' | 'create' | 'sign';

export function execKeyProvider(program: string): KeyProvider {
  const path = resolve(program);
  const call = async (verb: Verb, label: KeyLabel, input?: Uint8Array): Promise<Buffer | undefined> => {
    const { code, stdout, stderr } = await run(path, [verb, labelText(label), label.algorithm], input);
    if (code === 0) return stdout;
    if (code === NO_SUCH_KEY && verb === 'public') return undefined;
    throw trouble(path, `${verb} ${labelText(label)}`, stderr || `exit code ${code}`);
  };
  const held = (label: KeyLabel, pem: Buffer): HeldKey => {
    const key = publicKeyOf(label.algorithm, pem.toString());
    if (!key) throw trouble(path, `public ${labelText(label)}`, `no ${label.algorithm} public key in PEM`);
    return {
      publicKey: key.bytes,
      sign: async (message) => {
        const answer = await call('sign', label, message);
        const signature = answer && rawSignature(label.algorithm, answer);
        // A device that fails, or another key behind the label, must not put a bad line under a checkpoint.
        if (!signature || !key.verifies(signature, message))
          throw trouble(path, `sign ${labelText(label)}`, 'the signature does not verify');
        return signature;
      },
    };
  };
  return {
    place: path,
    find: async (label) => {
      const pem = await call('public', label);
      return pem && held(label, pem);
    },
    create: async (label) => {
      const pem = await call('create', label);
      if (!pem) throw trouble(path, `create ${labelText(label)}`, 'no answer');
      return held(label, pem);
    },
  };
}

interface PublicKey {
  readonly bytes: Uint8Array;
  readonly verifies: (signature: Uint8Array, message: Uint8Array) => boolean;
}

function publicKeyOf(algorithm: KeyAlgorithm, pem: string): PublicKey | undefined {
  if (algorithm === 'sm2') {
    const bytes = sm2PublicFromPem(pem);
    return bytes && { bytes, verifies: (signature, message) => sm2Verifies(signature, message, bytes) };
  }
  // From a private key node:crypto would take the public half; none should ever come here.
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    const bytes = key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES);
    return { bytes, verifies: (signature, message) => verify(null, message, key, signature) };
  } catch {
    return undefined;
  }
}

function rawSignature(algorithm: KeyAlgorithm, answer: Buffer): Uint8Array | undefined {
  if (answer.length === SIGNATURE_BYTES) return answer;
  return algorithm === 'sm2' ? sm2SignatureFromDer(answer) : undefined;
}

const trouble = (path: string, what: string, why: string) =>
  new OperatorError(
    `密钥程序 ${path} 未能完成“${what}”：${why.trim().slice(0, 500)}。The key program ${path} failed at “${what}”.`,
  );

interface Answer {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function run(path: string, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Answer> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name)));
  return new Promise((done, fail) => {
    // A group of its own, so that what the program started ends with it.
    const child = spawn(path, [...args], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const end = (why: string) => {
      if (child.pid !== undefined) killGroup(child.pid);
      fail(trouble(path, args.join(' '), why));
    };
    const timer = setTimeout(() => end(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
    const out: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > OUTPUT_BYTES_MAX) end(`more than ${OUTPUT_BYTES_MAX} bytes of output`);
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < OUTPUT_BYTES_MAX) stderr += chunk;
    });
    child.on('error', (error) => end(error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code, stdout: Buffer.concat(out), stderr });
    });
    // A program that ends without reading what it is to sign says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
