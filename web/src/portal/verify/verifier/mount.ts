import type { Text } from '../../../../../src/kernel/text.ts';
import { cardOf } from './cards.ts';
import { type Finding, makeChecker } from './check.ts';
import { h } from './dom.ts';
import { intake, takePastes } from './intake.ts';
import { type LookUp, troubleCard } from './parts.ts';
import { type Piece, type Taken, takeFile, takeText } from './read.ts';
import { type GivenTrust, initialTrust, type TrustState, trusted, trustPanel } from './trust.ts';
import { type Language, TROUBLES, WORDS } from './words.ts';

export interface VerifierOptions extends LookUp {
  readonly language: Language;
  /** The key or policy this place supplies; null when there is none. */
  readonly given: Promise<GivenTrust | null>;
  /** Announced keys of certificates (`GET /v1/certificate-keys`), which the note of a QR code is checked by. */
  readonly announcements: () => Promise<readonly unknown[]>;
  /** More for the side column: what only this place offers. */
  readonly aside?: HTMLElement;
}

export interface Verifier {
  readonly takeFiles: (files: readonly File[]) => void;
  readonly takeText: (name: string, text: string) => void;
  readonly say: (trouble: Text) => void;
  readonly setLanguage: (language: Language) => void;
  readonly end: () => void;
}

const PIECES_MAX = 100;
/** A verdict waits until typing rests. */
const REST_MS = 150;

/**
 * The verifier: everything is checked in this page, nothing is sent anywhere. The same in the portal and in the static
 * file, therefore without a framework.
 */
export function mountVerifier(root: HTMLElement, options: VerifierOptions): Verifier {
  let { language } = options;
  let ended = false;
  const trust: TrustState = initialTrust();
  let pieces: Piece[] = [];
  let troubles: Text[] = [];
  const results = h('section', { class: 'results', 'aria-live': 'polite' });
  const main = h('div');
  const side = h('div');
  const aside = h('aside', {}, side, options.aside ?? null);
  root.replaceChildren(h('div', { class: 'columns verify' }, main, aside));

  // A verdict that stands keeps its element: what somebody opened in it stays open.
  const drawn = new WeakMap<Piece, { readonly of: unknown; readonly language: Language; readonly card: HTMLElement }>();
  const cardFor = (finding: Finding, key: string): HTMLElement => {
    const [piece] = finding.pieces;
    const of = 'verification' in finding ? finding.verification : undefined;
    const before = drawn.get(piece);
    if (of !== undefined && before?.of === of && before.language === language) return before.card;
    const card = cardOf(finding, {
      t: WORDS[language],
      language,
      trust: key,
      remove,
      ...(options.status ? { status: options.status } : {}),
    });
    drawn.set(piece, { of, language, card });
    return card;
  };

  const drawResults = () => {
    const t = WORDS[language];
    const key = trusted(trust);
    const cards = [
      ...troubles.map((trouble) =>
        troubleCard(trouble, language, t, () => {
          troubles = troubles.filter((x) => x !== trouble);
          drawResults();
        }),
      ),
      ...checker.findings(pieces, key).map((finding) => cardFor(finding, key)),
    ];
    results.replaceChildren(
      ...(cards.length === 0 ? [] : [resultsHead(t.results, t.clear), h('ul', { class: 'outcomes' }, ...cards)]),
    );
  };
  const resultsHead = (title: string, clear: string) =>
    h(
      'div',
      { class: 'head-row' },
      h('h2', {}, title),
      h('button', { type: 'button', class: 'button quiet', onclick: () => remove(pieces) }, clear),
    );
  const remove = (gone: readonly Piece[]) => {
    if (gone === pieces) troubles = [];
    pieces = pieces.filter((p) => !gone.includes(p));
    drawResults();
  };

  const checker = makeChecker(options.announcements, () => {
    if (!ended) drawResults();
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(drawResults, REST_MS);
  };

  const take = (taken: Taken) => {
    if (ended) return;
    if ('trouble' in taken) troubles = [taken.trouble, ...troubles];
    else if (taken.piece.kind === 'trust') {
      trust.own = new TextDecoder().decode(taken.piece.bytes);
      trust.choice = 'own';
      drawSide();
    } else if (pieces.length >= PIECES_MAX) troubles = [TROUBLES.tooMany(PIECES_MAX)];
    else pieces = [...pieces.filter((p) => p.name !== taken.piece.name || p.kind !== taken.piece.kind), taken.piece];
  };
  const takeFiles = async (files: readonly File[]) => {
    troubles = files.length > PIECES_MAX ? [TROUBLES.tooMany(PIECES_MAX)] : [];
    for (const file of files.slice(0, PIECES_MAX)) take(await takeFile(file));
    drawResults();
  };
  const takeOneText = async (name: string, text: string) => {
    troubles = [];
    take(await takeText(name, text));
    drawResults();
  };
  const hooks = {
    files: (files: readonly File[]) => void takeFiles(files),
    text: (name: string, text: string) => void takeOneText(name, text),
  };

  const drawSide = () => side.replaceChildren(trustPanel(trust, language, soon));
  const draw = () => {
    main.replaceChildren(intake(WORDS[language], hooks), results);
    drawSide();
    drawResults();
  };
  draw();
  const stopPastes = takePastes(() => WORDS[language], hooks);
  void options.given.then((given) => {
    if (ended) return;
    trust.given = given;
    if (given === null) trust.choice = 'own';
    drawSide();
    drawResults();
  });

  return {
    takeFiles: hooks.files,
    takeText: hooks.text,
    say: (trouble) => {
      troubles = [trouble];
      drawResults();
    },
    setLanguage: (next) => {
      language = next;
      draw();
    },
    end: () => {
      ended = true;
      clearTimeout(timer);
      stopPastes();
      root.replaceChildren();
    },
  };
}
