import { h } from './dom.ts';
import type { VerifierWords } from './words.ts';

/** A receipt by its number, from the site that serves this page. */
export function byIdForm(t: VerifierWords, asked: string, get: (receiptId: string) => Promise<void>): HTMLElement {
  const field = h('input', {
    class: 'input mono',
    placeholder: 'rct_…',
    value: asked,
    spellcheck: 'false',
    autocomplete: 'off',
    id: 'verify-receipt-id',
  });
  const button = h('button', { type: 'submit', class: 'button' }, t.get);
  return h(
    'form',
    {
      class: 'by-id',
      onsubmit: (event) => {
        event.preventDefault();
        const id = field.value.trim();
        if (!id) return;
        button.disabled = true;
        void get(id).finally(() => {
          button.disabled = false;
        });
      },
    },
    h('h2', {}, t.byId),
    h('label', { class: 'label', for: 'verify-receipt-id' }, t.receipt),
    field,
    h('p', { class: 'small faint' }, t.byIdHint),
    button,
  );
}
