import http from 'node:http';
import https from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { isPublicAddress, lookedUp } from '../../../kernel/addresses.ts';
import { text } from '../../../kernel/text.ts';
import { catalogueSetting } from '../setting.ts';
import { ImportFailure } from './model.ts';

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;

const refusedAddress = (): ImportFailure =>
  new ImportFailure(
    text(
      '该地址属于内部网络，不能从平台连接；如确有需要，请由平台运营方在设置中放行（IMPORT_PRIVATE_ADDRESSES）。',
      'The address belongs to a private network and is not reached from here; the operator can allow it (IMPORT_PRIVATE_ADDRESSES).',
    ),
  );

/**
 * The address to connect to, none of a private network (HS-18.8). A name is looked up once and the connection goes to the
 * address that was judged, so that a second answer of the name server changes nothing.
 * @throws ImportFailure for what is no host name, is not found, or lies in a private network
 */
export async function reachable(host: string): Promise<string> {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) === 0 && !HOST.test(name))
    throw new ImportFailure(text('主机名称不正确。', 'That is no name of a host.'));
  const found = await lookedUp(name);
  const [first] = found;
  if (!first) throw new ImportFailure(text('找不到该主机。', 'The host is not found.'));
  if (!catalogueSetting().privateAddresses && !found.every(({ address }) => isPublicAddress(address)))
    throw refusedAddress();
  return first.address;
}

const PAGE_BYTES_MAX = 64 * 1024 ** 2;
/** Values, and levels of them, in one answer: a real page of a catalogue has some ten thousand, ten deep. */
const PAGE_VALUES_MAX = 2_000_000;
const PAGE_DEPTH_MAX = 100;
const [QUOTE, BACKSLASH, COMMA] = [...Buffer.from('"\\,')];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...Buffer.from('{}[]')];
const REQUEST_MS_MAX = 60_000;
const REDIRECTS_MAX = 3;

/** A page of a catalogue as JSON. @throws ImportFailure saying why not */
export async function fetchJson(address: string, accept: string): Promise<unknown> {
  const body = await fetchBytes(address, accept, REDIRECTS_MAX);
  if (isBomb(body))
    throw new ImportFailure(
      text('对方一次答复的内容过多或嵌套过深。', 'One answer holds too many values, or too deep ones.'),
    );
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ImportFailure(text('对方答复的不是 JSON。', 'The answer is not JSON.'));
  }
}

/**
 * Whether JSON of a few bytes a value would fill the memory and hold up everybody: 64 MB of `{},` take two gigabytes and half
 * a minute to parse.
 */
export function isBomb(body: Buffer): boolean {
  let [values, depth] = [0, 0];
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) [values, depth] = [values + 1, depth + 1];
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    else if (byte === COMMA) values++;
    if (values > PAGE_VALUES_MAX || depth > PAGE_DEPTH_MAX) return true;
  }
  return false;
}

async function fetchBytes(address: string, accept: string, redirects: number): Promise<Buffer> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new ImportFailure(text('地址应为 http 或 https 网址。', 'The address must be an http or https URL.'));
  const answer = await send(url, accept, await reachable(url.hostname));
  if (answer.location === null) return answer.body;
  if (redirects === 0) throw new ImportFailure(text('转向次数过多。', 'Too many redirects.'));
  return fetchBytes(new URL(answer.location, url).href, accept, redirects - 1);
}

function send(url: URL, accept: string, address: string): Promise<{ body: Buffer; location: string | null }> {
  const toAddress: LookupFunction = (_, options, done) => {
    const family = isIPv6(address) ? 6 : 4;
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  return new Promise((done, fail) => {
    const unreachable = () => fail(new ImportFailure(text('连接不上该地址。', 'The address cannot be reached.')));
    const { request } = url.protocol === 'https:' ? https : http;
    const asked = request(url, { lookup: toAddress, headers: { accept }, signal: AbortSignal.timeout(REQUEST_MS_MAX) });
    asked.on('error', unreachable).on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      if (status >= 300 && status < 400 && headers.location) {
        response.destroy();
        return done({ body: Buffer.alloc(0), location: headers.location });
      }
      if (status !== 200) {
        response.destroy();
        return fail(new ImportFailure(text(`对方答复 ${status}。`, `The answer is status ${status}.`)));
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= PAGE_BYTES_MAX) return;
        response.destroy();
        fail(new ImportFailure(text('对方一次答复的内容过大。', 'One answer of the catalogue is too large.')));
      });
      response.on('end', () => done({ body: Buffer.concat(chunks), location: null })).on('error', unreachable);
    });
    asked.end();
  });
}
