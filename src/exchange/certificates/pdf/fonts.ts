import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type PDFDocument from 'pdfkit';
import { ROOT } from '../../../kernel/root.ts';

/**
 * Which font writes which character. Names of people, places and companies use characters beyond the Basic Multilingual
 * Plane (GB 18030-2022 level 3 asks for CJK extensions B to F); where the text's own font lacks one, a block of the rare
 * font is taken, and where even that lacks it its code point is written out. Nothing prints as an empty box.
 */
export type Doc = InstanceType<typeof PDFDocument>;
export type Face = 'text' | 'strong' | 'title';

const require = createRequire(import.meta.url);
const noto = (weight: string) => require.resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`);
const OWN_FONTS = join(ROOT, 'fonts');
const FILES: Readonly<Record<Face, string>> = {
  text: noto('400Regular'),
  strong: noto('600SemiBold'),
  title: join(OWN_FONTS, 'title', 'noto-serif-sc-title.otf'),
};
/** Code points in one file of the rare font. */
const BLOCK = 0x1000;

/** A piece of text that one font writes. */
export interface Run {
  readonly font: string;
  readonly text: string;
}

export interface Fonts {
  /** Splits a text into runs; characters nobody has are written as 〔U+30000〕. */
  readonly runs: (face: Face, text: string) => Run[];
  /** Characters that had to be written by their code points. */
  readonly missing: () => readonly string[];
}

interface Glyphs {
  readonly hasGlyphForCodePoint: (codePoint: number) => boolean;
}

/** Opens the fonts in a document; the rare ones only when a text needs them. */
export function openFonts(doc: Doc): Fonts {
  const glyphs = new Map<string, Glyphs | null>();
  const missing = new Set<string>();
  const register = (name: string, file: string | Buffer): Glyphs => {
    doc.registerFont(name, file);
    doc.font(name);
    // The document keeps its fonts to itself; whether one has a character only the font knows.
    const own = (doc as unknown as { _font: { font: Glyphs } })._font.font;
    glyphs.set(name, own);
    return own;
  };
  const known = (name: string, open: () => Glyphs | null): Glyphs | null => {
    const found = glyphs.get(name);
    if (found !== undefined) return found;
    const opened = open();
    glyphs.set(name, opened);
    return opened;
  };
  const face = (name: Face) => known(name, () => register(name, FILES[name]));
  const rare = (block: string) =>
    known(`rare-${block}`, () => {
      const file = join(OWN_FONTS, 'rare-han', `${block}.ttf.br`);
      return existsSync(file) ? register(`rare-${block}`, brotliDecompressSync(readFileSync(file))) : null;
    });
  const fontFor = (wanted: Face, codePoint: number): string | undefined => {
    for (const name of [wanted, 'text'] as const) if (face(name)?.hasGlyphForCodePoint(codePoint)) return name;
    const block = (codePoint - (codePoint % BLOCK)).toString(16);
    return codePoint >= BLOCK && rare(block)?.hasGlyphForCodePoint(codePoint) ? `rare-${block}` : undefined;
  };
  return {
    runs: (wanted, text) => {
      const runs: { font: string; text: string }[] = [];
      for (const character of text) {
        const codePoint = character.codePointAt(0) ?? 0;
        const font = fontFor(wanted, codePoint);
        if (font === undefined) missing.add(character);
        const piece = font === undefined ? `〔U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}〕` : character;
        const last = runs.at(-1);
        if (last && last.font === (font ?? 'text')) last.text += piece;
        else runs.push({ font: font ?? 'text', text: piece });
      }
      return runs;
    },
    missing: () => [...missing],
  };
}
