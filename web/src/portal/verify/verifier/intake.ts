import { h, icon } from './dom.ts';
import { textIn } from './qr.ts';
import type { VerifierWords } from './words.ts';

export interface IntakeHooks {
  readonly files: (files: readonly File[]) => void;
  readonly text: (name: string, text: string) => void;
}

const ACCEPTED =
  '.pdf,.json,.tlog-proof,.zip,.txt,.png,.jpg,.jpeg,application/pdf,application/json,application/zip,image/png,image/jpeg,text/plain';

/** Where things come in: dropped, chosen, pasted, or seen by the camera. */
export function intake(t: VerifierWords, hooks: IntakeHooks): HTMLElement {
  const chooser = h('input', {
    type: 'file',
    multiple: true,
    accept: ACCEPTED,
    class: 'hidden-visually',
    id: 'verify-files',
    onchange: () => {
      const files = [...(chooser.files ?? [])];
      chooser.value = '';
      hooks.files(files);
    },
  });
  const extra = h('div', { class: 'intake-extra' });
  const area = h(
    'div',
    { class: 'intake' },
    icon('shield', 34),
    h('h2', {}, t.dropTitle),
    h('p', { class: 'faint' }, t.dropText),
    h(
      'div',
      { class: 'buttons' },
      h('label', { class: 'button primary', for: 'verify-files' }, icon('upload'), t.choose),
      chooser,
      cameraButton(t, hooks, extra),
      h(
        'button',
        { type: 'button', class: 'button', onclick: () => openPaste(t, hooks, extra) },
        icon('paste'),
        t.paste,
      ),
    ),
    extra,
  );
  takeDrops(area, hooks);
  return area;
}

function takeDrops(area: HTMLElement, hooks: IntakeHooks): void {
  const over = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    area.classList.toggle('over', on);
  };
  area.addEventListener('dragover', over(true));
  area.addEventListener('dragleave', over(false));
  area.addEventListener('drop', (event) => {
    over(false)(event);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) hooks.files(files);
    else {
      const text = event.dataTransfer?.getData('text/plain') ?? '';
      if (text) hooks.text(text.slice(0, 40), text);
    }
  });
}

/** Files and text of the clipboard, wherever on the page they are pasted, except into a field. @returns how to stop */
export function takePastes(t: () => VerifierWords, hooks: IntakeHooks): () => void {
  const listen = (event: ClipboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (files.length > 0) hooks.files(files);
    else if (text.trim()) hooks.text(t().pasted, text);
    else return;
    event.preventDefault();
  };
  document.addEventListener('paste', listen);
  return () => document.removeEventListener('paste', listen);
}

function openPaste(t: VerifierWords, hooks: IntakeHooks, extra: HTMLElement): void {
  const field = h('textarea', { class: 'input mono', rows: 6, spellcheck: 'false', id: 'verify-paste' });
  extra.replaceChildren(
    h('label', { class: 'label', for: 'verify-paste' }, t.pasteLabel),
    field,
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        onclick: () => {
          if (!field.value.trim()) return;
          hooks.text(t.pasted, field.value);
          extra.replaceChildren();
        },
      },
      t.pasteDone,
    ),
  );
  field.focus();
}

const LOOK_EVERY_MS = 250;
const VIDEO_WIDTH = 800;

/** Absent where the browser gives no camera at all (plain http on another machine). */
function cameraButton(t: VerifierWords, hooks: IntakeHooks, extra: HTMLElement): HTMLElement | null {
  if (!navigator.mediaDevices?.getUserMedia) return null;
  return h(
    'button',
    { type: 'button', class: 'button', onclick: () => void openCamera(t, hooks, extra) },
    icon('camera'),
    t.scan,
  );
}

async function openCamera(t: VerifierWords, hooks: IntakeHooks, extra: HTMLElement): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch (error) {
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    extra.replaceChildren(
      h('p', { role: 'alert', class: 'intake-trouble' }, denied ? t.cameraDenied : t.cameraMissing),
    );
    return;
  }
  const video = h('video', { autoplay: true, muted: true, playsinline: true });
  video.srcObject = stream;
  let open = true;
  const close = () => {
    open = false;
    for (const track of stream.getTracks()) track.stop();
    extra.replaceChildren();
  };
  extra.replaceChildren(
    h('p', { class: 'faint' }, t.scanning),
    video,
    h('button', { type: 'button', class: 'button', onclick: close }, icon('close'), t.stopScan),
  );
  const look = async () => {
    // Taken off the page, by another page or the paste field: the camera goes off as well.
    if (!open || !video.isConnected) return close();
    const text = video.videoWidth > 0 ? await textIn(video, Math.min(1, VIDEO_WIDTH / video.videoWidth)) : undefined;
    if (!open) return;
    if (text === undefined) {
      setTimeout(() => void look(), LOOK_EVERY_MS);
      return;
    }
    close();
    hooks.text(t.qr, text);
  };
  void look();
}
