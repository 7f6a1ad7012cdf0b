import { useEffect, useId, useRef, useState } from 'react';
import type { PreviousUpload, Upload } from 'tus-js-client';
import { useWords, words } from '../app/words.ts';
import { digestOf } from './digest.ts';
import { bytes, percent } from './format.ts';
import { Icon } from './Icon.tsx';
import './upload.css';

const WORDS = words(
  {
    choose: '选择文件',
    another: '换一个文件',
    drop: '也可以把文件拖到这里',
    resume: (name: string, done: string) => `“${name}” 上次传到 ${done}，重新选择同一文件即可接着传。`,
    sending: (done: string, total: string) => `已上传 ${done}，共 ${total}`,
    rate: (perSecond: string) => `每秒 ${perSecond}`,
    done: (name: string, size: string) => `${name}（${size}）已上传`,
    cancel: '取消上传',
    failed: '上传中断：',
    retry: '接着传',
    forget: '不再续传',
  },
  {
    choose: 'Choose a file',
    another: 'Choose another file',
    drop: 'or drop one here',
    resume: (name: string, done: string) =>
      `“${name}” stopped at ${done}; choose the same file again to go on from there.`,
    sending: (done: string, total: string) => `${done} of ${total} sent`,
    rate: (perSecond: string) => `${perSecond} a second`,
    done: (name: string, size: string) => `${name} (${size}) is uploaded`,
    cancel: 'Cancel the upload',
    failed: 'The upload was interrupted: ',
    retry: 'Go on',
    forget: 'Forget it',
  },
);

const ENDPOINT = '/v1/uploads';
const CHUNK_BYTES = 8 * 1024 * 1024;
/** From this size on a file goes in several parts side by side. */
const PARALLEL_FROM_BYTES = 64 * 1024 * 1024;
const PARTS = 4;
const RETRY_DELAYS_MS = [0, 1000, 3000, 8000];
/** Remembered under this key until the upload ends, so that a reload can say what to resume. */
const UNFINISHED_KEY = 'shuheng.upload';

interface Unfinished {
  readonly name: string;
  readonly size: number;
  readonly sent: number;
}

type State =
  | { readonly step: 'idle' }
  | {
      readonly step: 'sending';
      readonly name: string;
      readonly sent: number;
      readonly total: number;
      readonly startedAt: number;
      readonly startedFrom: number;
    }
  | { readonly step: 'failed'; readonly name: string; readonly message: string }
  | { readonly step: 'done'; readonly name: string; readonly total: number };

function unfinished(): Unfinished | null {
  try {
    return JSON.parse(localStorage.getItem(UNFINISHED_KEY) ?? 'null') as Unfinished | null;
  } catch {
    return null;
  }
}

function noteUnfinished(value: Unfinished | null): void {
  try {
    if (value) localStorage.setItem(UNFINISHED_KEY, JSON.stringify(value));
    else localStorage.removeItem(UNFINISHED_KEY);
  } catch {
    // Without storage a reload starts over.
  }
}

/** Uploads one file by tus: real progress, goes on after an interruption or a reload, can be cancelled. */
export function UploadField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly accept?: string;
  readonly onUploaded: (upload: { uploadId: string; name: string; size: number } | null) => void;
}) {
  const t = useWords(WORDS);
  const id = useId();
  const [state, setState] = useState<State>({ step: 'idle' });
  const [left, setLeft] = useState(unfinished);
  const [over, setOver] = useState(false);
  const upload = useRef<Upload | null>(null);
  const digest = useRef<ReturnType<typeof digestOf> | null>(null);
  useEffect(
    () => () => {
      digest.current?.stop();
      void upload.current?.abort();
    },
    [],
  );

  const start = async (file: File) => {
    const { Upload: Tus } = await import('tus-js-client');
    await upload.current?.abort();
    props.onUploaded(null);
    const startedAt = Date.now();
    let startedFrom = 0;
    const parallel = file.size >= PARALLEL_FROM_BYTES;
    digest.current?.stop();
    digest.current = parallel ? digestOf(file) : null;
    const whole = digest.current?.value;
    const tus = new Tus(file, {
      endpoint: ENDPOINT,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type },
      headers: { 'X-Shuheng-Csrf': '1' },
      ...(parallel ? { parallelUploads: PARTS } : {}),
      // What the parts add up to is checked before they become one file.
      onBeforeRequest: async (request) => {
        if (!request.getHeader('Upload-Concat')?.startsWith('final;')) return;
        const sha256 = await whole;
        if (sha256) request.setHeader('Upload-Checksum', `sha256 ${sha256}`);
      },
      onProgress: (sent, total) => {
        noteUnfinished({ name: file.name, size: total, sent });
        setState({ step: 'sending', name: file.name, sent, total, startedAt, startedFrom });
      },
      onError: (error) => setState({ step: 'failed', name: file.name, message: error.message }),
      onSuccess: () => {
        noteUnfinished(null);
        setState({ step: 'done', name: file.name, total: file.size });
        props.onUploaded({ uploadId: tus.url?.split('/').at(-1) ?? '', name: file.name, size: file.size });
      },
    });
    upload.current = tus;
    setLeft(null);
    setState({ step: 'sending', name: file.name, sent: 0, total: file.size, startedAt, startedFrom });
    const [before] = (await tus.findPreviousUploads()) as PreviousUpload[];
    if (before) {
      tus.resumeFromPreviousUpload(before);
      startedFrom = unfinished()?.sent ?? 0;
    }
    tus.start();
  };

  const cancel = async () => {
    digest.current?.stop();
    await upload.current?.abort(true).catch(() => undefined);
    upload.current = null;
    noteUnfinished(null);
    setState({ step: 'idle' });
    props.onUploaded(null);
  };

  return (
    <div className="field">
      <span className="label" id={`${id}-label`}>
        {props.label}
      </span>
      {state.step === 'sending' ? (
        <Progress state={state} labelledBy={`${id}-label`} onCancel={() => void cancel()} />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a convenience beside the button
        <div
          className={`drop ${over ? 'over' : ''}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            const file = event.dataTransfer.files[0];
            if (file) void start(file);
          }}
        >
          {state.step === 'done' ? (
            <p role="status">
              <Icon name="check" /> {t.done(state.name, bytes(state.total))}
            </p>
          ) : null}
          {state.step === 'failed' ? (
            <p role="alert" className="drop-failed">
              {t.failed}
              {state.name} <small>{state.message}</small>
            </p>
          ) : null}
          <div className="buttons">
            {state.step === 'failed' ? (
              <button type="button" className="button primary" onClick={() => upload.current?.start()}>
                {t.retry}
              </button>
            ) : null}
            <label className="button" htmlFor={id}>
              <Icon name="upload" />
              {state.step === 'idle' ? t.choose : t.another}
            </label>
            <span className="faint drop-hint">{t.drop}</span>
          </div>
          <input
            id={id}
            type="file"
            className="hidden-visually"
            aria-describedby={`${id}-label`}
            {...(props.accept ? { accept: props.accept } : {})}
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (file) void start(file);
            }}
          />
          {left ? (
            <p className="small">
              {t.resume(left.name, percent(left.size > 0 ? left.sent / left.size : 0))}{' '}
              <button
                type="button"
                className="button quiet"
                onClick={() => {
                  noteUnfinished(null);
                  setLeft(null);
                }}
              >
                {t.forget}
              </button>
            </p>
          ) : null}
        </div>
      )}
      {props.hint ? <span className="hint">{props.hint}</span> : null}
    </div>
  );
}

function Progress(props: {
  readonly state: State & { step: 'sending' };
  readonly labelledBy: string;
  readonly onCancel: () => void;
}) {
  const t = useWords(WORDS);
  const { name, sent, total, startedAt, startedFrom } = props.state;
  const seconds = (Date.now() - startedAt) / 1000;
  const perSecond = seconds > 0.5 ? (sent - startedFrom) / seconds : 0;
  return (
    <div className="drop">
      <b>{name}</b>
      <progress aria-labelledby={props.labelledBy} value={sent} max={Math.max(total, 1)} />
      <p className="small faint">
        {percent(total > 0 ? sent / total : 0)} · {t.sending(bytes(sent), bytes(total))}
        {perSecond > 0 ? ` · ${t.rate(bytes(Math.round(perSecond)))}` : ''}
      </p>
      <button type="button" className="button" onClick={props.onCancel}>
        {t.cancel}
      </button>
    </div>
  );
}
