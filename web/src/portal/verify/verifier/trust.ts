import {
  hex,
  type NoteKey,
  parseKey,
  parsePolicy,
  type Quorum,
} from '../../../../../src/kernel/evidence/verify/index.ts';
import { dateTime } from '../../../shared/format.ts';
import { h, icon } from './dom.ts';
import { type Language, type VerifierWords, WORDS } from './words.ts';

/** A key or policy somebody else supplies, and who: this site, or the maker of the static file. */
export interface GivenTrust {
  readonly text: string;
  readonly from: 'site' | 'maker';
  /** When the static file was made; RFC 3339. */
  readonly at?: string;
}

export interface TrustState {
  /** Undefined while it is being fetched; null when there is none to be had, and it is not offered. */
  given: GivenTrust | null | undefined;
  own: string;
  rememberedAt: string | null;
  choice: 'given' | 'own';
}

const STORED = 'shuheng.trust';

/** Begins with what this browser remembers: a site that changes its key must not pass unnoticed. */
export function initialTrust(): TrustState {
  const remembered = recall();
  return {
    given: undefined,
    own: remembered?.text ?? '',
    rememberedAt: remembered?.at ?? null,
    choice: remembered ? 'own' : 'given',
  };
}

/** The text that counts now. */
export const trusted = (state: TrustState): string =>
  (state.choice === 'given' ? (state.given?.text ?? '') : state.own).trim();

function recall(): { text: string; at: string } | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(STORED) ?? 'null') as { text?: unknown; at?: unknown } | null;
    return typeof value?.text === 'string' && typeof value.at === 'string'
      ? { text: value.text, at: value.at }
      : undefined;
  } catch {
    return undefined;
  }
}

function keep(value: { text: string; at: string } | null): boolean {
  try {
    if (value === null) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** The panel that says whose word the verdicts rest on. `changed` is told of every change that counts. */
export function trustPanel(state: TrustState, language: Language, changed: () => void): HTMLElement {
  const panel = h('section', { class: 'trust', 'aria-labelledby': 'trust-title' });
  const draw = (focus?: string) => {
    panel.replaceChildren(...trustContent(state, language, { redraw: draw, changed }));
    if (focus) panel.querySelector<HTMLElement>(focus)?.focus();
  };
  draw();
  return panel;
}

interface Hooks {
  readonly redraw: (focus?: string) => void;
  readonly changed: () => void;
}

function trustContent(state: TrustState, language: Language, hooks: Hooks): HTMLElement[] {
  const t = WORDS[language];
  const choose = (choice: TrustState['choice']) => {
    state.choice = choice;
    hooks.redraw(`input[value="${choice}"]`);
    hooks.changed();
  };
  const option = (choice: TrustState['choice'], title: string, text: string, ...rest: (HTMLElement | null)[]) =>
    h(
      'div',
      { class: `trust-option ${state.choice === choice ? 'chosen' : ''}` },
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name: 'trust',
          value: choice,
          checked: state.choice === choice,
          onchange: () => choose(choice),
        }),
        h('span', {}, h('b', {}, title), h('small', { class: 'faint' }, text)),
      ),
      ...(state.choice === choice ? rest : []),
    );
  return [
    h('h2', { id: 'trust-title' }, t.trustTitle),
    h('p', { class: 'faint' }, t.trustText),
    state.given === null
      ? h('span')
      : option(
          'given',
          ...givenWords(state.given, t),
          state.given ? summary(state.given.text, t, language) : null,
          state.given ? rememberButton(state, t, hooks) : null,
        ),
    option(
      'own',
      t.own,
      t.ownText,
      ownField(state, t, hooks),
      ownStanding(state, language),
      forgetButton(state, t, hooks),
    ),
  ];
}

function givenWords(given: GivenTrust | undefined, t: VerifierWords): readonly [title: string, text: string] {
  if (given?.from === 'maker') return [t.fromMaker, t.fromMakerText(given.at ? ` ${dateTime(given.at)}` : '')];
  return [t.fromSite, given ? t.fromSiteText : t.loadingTrust];
}

function ownField(state: TrustState, t: VerifierWords, { changed, redraw }: Hooks): HTMLElement {
  const field = h('textarea', {
    class: 'input mono',
    rows: 4,
    spellcheck: 'false',
    'aria-label': t.own,
    oninput: () => {
      state.own = field.value;
      changed();
    },
    onchange: () => redraw('textarea'),
  });
  field.value = state.own;
  return field;
}

const same = (a: string, b: string): boolean => a.trim() === b.trim();

function ownStanding(state: TrustState, language: Language): HTMLElement | null {
  const t = WORDS[language];
  if (state.own.trim() === '') return null;
  const parts = h('div', {}, summary(state.own, t, language));
  if (state.rememberedAt) parts.append(h('p', { class: 'small faint' }, t.remembered(dateTime(state.rememberedAt))));
  if (state.given?.from === 'site') {
    const equal = same(state.own, state.given.text);
    parts.append(
      h(
        'p',
        { class: `small ${equal ? 'trust-same' : 'trust-differs'}` },
        icon(equal ? 'check' : 'warning', 14),
        equal ? t.sameAsSite : t.differsFromSite,
      ),
    );
  }
  return parts;
}

function rememberButton(state: TrustState, t: VerifierWords, { changed, redraw }: Hooks): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'button quiet',
      onclick: () => {
        const text = trusted(state);
        const at = new Date().toISOString();
        if (!keep({ text, at })) return;
        state.own = text;
        state.rememberedAt = at;
        state.choice = 'own';
        redraw('input[value="own"]');
        changed();
      },
    },
    t.remember,
  );
}

function forgetButton(state: TrustState, t: VerifierWords, hooks: Hooks): HTMLElement | null {
  if (state.own.trim() === '') return null;
  if (state.rememberedAt === null) return rememberButton(state, t, hooks);
  return h(
    'button',
    {
      type: 'button',
      class: 'button quiet',
      onclick: () => {
        keep(null);
        state.own = '';
        state.rememberedAt = null;
        state.choice = 'given';
        hooks.redraw('input[value="given"]');
        hooks.changed();
      },
    },
    t.forget,
  );
}

/** Names and numbers a person can compare over the telephone. */
function summary(text: string, t: VerifierWords, language: Language): HTMLElement {
  const key = parseKey(text.trim());
  if (key) return summaryList([...keyRows([key], t)]);
  const { policy, trouble } = parsePolicy(text);
  if (trouble) {
    const line = trouble.line > 0 ? `${t.line(trouble.line)} ` : '';
    return h(
      'p',
      { class: 'small trust-differs' },
      icon('warning', 14),
      `${t.unreadableTrust} ${line}${trouble.says[language]}`,
    );
  }
  const { logs, witnesses, quorum } = policy;
  return summaryList([
    ...keyRows(
      logs.map((log) => log.key),
      t,
    ),
    ...witnesses.map((w) => [t.witness, `${w.name} ${hex(w.key.id)}`] as const),
    [t.quorum, quorum === null ? t.quorumNone : quorumText(quorum, t)],
  ]);
}

const KEY_TYPES = { ed25519: 'Ed25519', cosignature: 'Ed25519', sm2: 'SM2' } as const;

const keyRows = (keys: readonly NoteKey[], t: VerifierWords): (readonly [string, string])[] => [
  ...[...new Set(keys.map((key) => key.name))].map((name) => [t.log, name] as const),
  ...keys.map((key) => [t.key, `${hex(key.id)} ${KEY_TYPES[key.type]}`] as const),
];

/** In words: “regulator and (one of n1, n2)”. */
function quorumText(quorum: Quorum, t: VerifierWords): string {
  if ('witness' in quorum) return quorum.witness.name;
  const members = quorum.members.map((member) => {
    const text = quorumText(member, t);
    return 'witness' in member || member.members.length === 1 ? text : t.inBrackets(text);
  });
  if (quorum.threshold === members.length) return members.join(t.and);
  return t.some(quorum.threshold, members.join(t.comma));
}

const summaryList = (rows: readonly (readonly [string, string])[]): HTMLElement =>
  h('dl', { class: 'trust-summary' }, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
