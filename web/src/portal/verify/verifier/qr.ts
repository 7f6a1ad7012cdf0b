import type { Text } from '../../../../../src/kernel/text.ts';
import { TROUBLES } from './words.ts';

/** Loaded when first needed; the static page carries it inside. */
const reader = () => import('jsqr').then((m) => m.default);

const PIXELS_MAX = 50_000_000;
/** Codes are searched at these widths: fine prints need detail, noisy photos need less of it. */
const WIDTHS = [1000, 1800, 500] as const;

/** The text of a QR code in a picture, or why there is none. */
export async function textInPicture(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ text: string } | { trouble: Text }> {
  const size = sizeOf(bytes);
  if (!size) return { trouble: TROUBLES.brokenPicture(name) };
  if (size.width * size.height > PIXELS_MAX) return { trouble: TROUBLES.hugePicture(name) };
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(new Blob([bytes]));
  } catch {
    return { trouble: TROUBLES.brokenPicture(name) };
  }
  try {
    for (const width of WIDTHS) {
      const text = await textIn(picture, Math.min(1, width / picture.width));
      if (text !== undefined) return { text };
      if (picture.width <= width) break;
    }
    return { trouble: TROUBLES.noCode(name) };
  } finally {
    picture.close();
  }
}

/** The text of a QR code in an image or a frame of video, at a scale. */
export async function textIn(source: ImageBitmap | HTMLVideoElement, scale: number): Promise<string | undefined> {
  const [w, h] = 'videoWidth' in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  const width = Math.max(1, Math.round(w * scale));
  const height = Math.max(1, Math.round(h * scale));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  // Codes on transparent ground are codes on white paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const find = await reader();
  const found = find(data, width, height);
  return found && found.data !== '' ? found.data : undefined;
}

const JPEG_FRAME = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** Width and height from the header of a PNG or JPEG, before anything is decoded: a small file can claim a huge picture. */
function sizeOf(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0x89)
    return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) };
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (JPEG_FRAME.has(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The certificate note in the address of a QR code (`…/verify#c=<base64url>`). */
export function noteInAddress(text: string): string | undefined {
  const encoded = /^(?:https?:\/\/\S*)?#c=([A-Za-z0-9_-]+)$/.exec(text.trim())?.[1];
  if (encoded === undefined) return undefined;
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
