import type { Text } from '../../../kernel/text.ts';
import { type Doc, type Face, type Fonts, openFonts, type Run } from './fonts.ts';

/** How a text is written: face, size in points, colour. */
export interface Hand {
  readonly face: Face;
  readonly size: number;
  readonly color: string;
  /** Points between characters. */
  readonly spacing?: number;
}

interface Line {
  readonly runs: readonly Run[];
  readonly width: number;
}

export interface Place {
  readonly x: number;
  /** Top of the first line. */
  readonly y: number;
  /** Lines break within it; without it there is one line. */
  readonly width?: number;
  readonly align?: 'left' | 'right' | 'center';
  /** Distance of lines, as a multiple of the size. */
  readonly leading?: number;
  /** Of the first line, as a multiple of the size: two characters in a Chinese paragraph. */
  readonly indent?: number;
}

const LEADING = 1.5;
const EMBOLDEN: Readonly<Record<Face, number>> = { text: 0.014, strong: 0.04, title: 0.03 };
/** Where the baseline stands below the top of a line, as a share of the size. */
const ASCENT = 0.88;
/** No line begins with one of these, and none ends with one of those. */
const NO_START = /[，。、；：！？）》」』】〕”’…·,.;:!?)\]}%]/u;
const NO_END = /[（《「『【〔“‘([{]/u;
const WORD = /[\u0021-\u024f]/u;

/** Writes text with the right font for every character, breaks lines the Chinese way, and tags what it writes. */
export class Pen {
  readonly doc: Doc;
  readonly #fonts: Fonts;
  readonly #root: ReturnType<Doc['struct']>;
  readonly #widths = new Map<string, number>();

  constructor(doc: Doc) {
    this.doc = doc;
    this.#fonts = openFonts(doc);
    this.#root = doc.struct('Document');
    doc.addStructure(this.#root);
  }

  /** Characters no font had; they stand as code points. */
  get missing(): readonly string[] {
    return this.#fonts.missing();
  }

  /** What is drawn is a part of the document: read aloud, copied, searched. */
  tag(type: 'H1' | 'H2' | 'P' | 'Caption', draw: () => void, lang: 'zh-CN' | 'en' = 'zh-CN'): void {
    this.#root.add(this.doc.struct(type, { lang }, [draw]));
  }

  /** What is drawn is ornament, or said elsewhere. */
  ornament(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** @returns the y below the last line */
  write(text: string, hand: Hand, place: Place): number {
    const indent = (place.indent ?? 0) * hand.size;
    const lines = this.#lines(text, hand, place.width, indent);
    const step = hand.size * (place.leading ?? LEADING);
    let y = place.y;
    for (const [n, line] of lines.entries()) {
      const free = (place.width ?? line.width) - line.width;
      const shift = place.align === 'right' ? free : place.align === 'center' ? free / 2 : 0;
      this.#draw(line, hand, place.x + shift + (n === 0 ? indent : 0), y);
      y += step;
    }
    return y;
  }

  /** Height of a text in a width, as {@link write} would need it. */
  height(text: string, hand: Hand, width: number, leading = LEADING): number {
    return this.#lines(text, hand, width).length * hand.size * leading;
  }

  width(text: string, hand: Hand): number {
    return this.#lines(text, hand, undefined)[0]?.width ?? 0;
  }

  /** Chinese, and English beside it on the same baseline in smaller type. @returns the width of both */
  label({ zh, en }: Text, hand: Hand, faint: string, x: number, y: number): number {
    const small: Hand = { face: 'text', size: hand.size * 0.82, color: faint };
    const wide = this.width(zh, hand);
    // The space keeps the languages apart for whoever reads it aloud or copies it.
    this.write(`${zh} `, hand, { x, y });
    this.write(`${en} `, small, { x: x + wide + hand.size * 0.7, y: y + (hand.size - small.size) * ASCENT });
    return wide + hand.size * 0.7 + this.width(en, small);
  }

  end(): void {
    this.#root.end();
  }

  #draw(line: Line, hand: Hand, x: number, y: number): void {
    let at = x;
    for (const { font, text } of line.runs) {
      // The rare font has one fine weight: an outline brings it to the weight of the text around it.
      const stroke = font.startsWith('rare-');
      if (stroke) this.doc.lineWidth(hand.size * EMBOLDEN[hand.face]).strokeColor(hand.color);
      this.doc
        .font(font, hand.size)
        .fillColor(hand.color)
        .text(text, at, y + hand.size * ASCENT, {
          lineBreak: false,
          baseline: 'alphabetic',
          characterSpacing: hand.spacing ?? 0,
          ...(stroke ? { fill: true, stroke } : {}),
        });
      at += this.#widthOf({ font, text }, hand);
    }
  }

  #lines(text: string, hand: Hand, width: number | undefined, indent = 0): Line[] {
    const lines: Line[] = [];
    for (const paragraph of text.split('\n')) {
      let line: string[] = [];
      let used = lines.length === 0 ? indent : 0;
      for (const piece of pieces(paragraph)) {
        const wide = this.#wide(piece, hand);
        if (width !== undefined && used + wide > width && line.length > 0) {
          lines.push(this.#line(line.join(''), hand));
          line = [];
          used = 0;
        }
        if (line.length === 0 && piece.trim() === '') continue;
        line.push(piece);
        used += wide;
      }
      lines.push(this.#line(line.join(''), hand));
    }
    return lines;
  }

  /** A space at the end of a line is kept, so that words stay apart, and takes no room. */
  #line(text: string, hand: Hand): Line {
    const runs = this.#fonts.runs(hand.face, text);
    const spacing = hand.spacing ?? 0;
    return { runs, width: Math.max(0, this.#wide(text.trimEnd(), hand) - spacing) };
  }

  #wide(text: string, hand: Hand): number {
    return this.#fonts.runs(hand.face, text).reduce((sum, run) => sum + this.#widthOf(run, hand), 0);
  }

  #widthOf({ font, text }: Run, { size, spacing = 0 }: Hand): number {
    const key = `${font} ${text}`;
    let wide = this.#widths.get(key);
    if (wide === undefined) {
      wide = this.doc.font(font, 1000).widthOfString(text) / 1000;
      this.#widths.set(key, wide);
    }
    return wide * size + spacing * [...text].length;
  }
}

/** Between two of these a line may break: a Chinese character each, Latin words whole, with the punctuation that clings to them. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const character of text) {
    const before = found.at(-1);
    const clings =
      before !== undefined &&
      open === '' &&
      (NO_START.test(character) || (WORD.test(character) && WORD.test(lastOf(before)) && before.length < WORD_MAX));
    if (clings) found[found.length - 1] = before + character;
    else if (NO_END.test(character)) open += character;
    else {
      found.push(open + character);
      open = '';
    }
  }
  if (open !== '') found.push(open);
  return found;
}

/** A longer word, such as a hash, breaks anywhere. */
const WORD_MAX = 36;
const lastOf = (text: string): string => [...text].at(-1) ?? '';
