import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ActAnswer, Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { ActForm, type ActFormProps } from '../../shared/act-form/index.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useActs } from '../../shared/use-api.ts';

const WORDS = words(
  { done: (what: string) => `${what}：已办成。`, sending: '正在办理……', close: '知道了', back: '返回' },
  { done: (what: string) => `${what}: done.`, sending: 'Sending…', close: 'Dismiss', back: 'Back' },
);

export interface Done {
  readonly title: Text | string;
  readonly receiptId: string;
}

/** Says above the page what was just done, with its receipt; stays until the next act or until dismissed. */
export function useDone(): { readonly note: ReactNode; readonly tell: (done: Done) => void } {
  const [done, setDone] = useState<Done | null>(null);
  return {
    note: done ? <DoneNote key={done.receiptId} done={done} onClose={() => setDone(null)} /> : null,
    tell: setDone,
  };
}

export function DoneNote({ done, onClose }: { readonly done: Done; readonly onClose?: () => void }) {
  const t = useWords(WORDS);
  const say = useSay();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A block body: newer browsers return a promise here, which React would take for a clean-up.
    note.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={note} className="done-note" role="status">
      <b>{t.done(typeof done.title === 'string' ? done.title : say(done.title))}</b>
      <ReceiptChip id={done.receiptId} />
      {onClose ? (
        <button type="button" className="button quiet" onClick={onClose}>
          {t.close}
        </button>
      ) : null}
    </div>
  );
}

type Tell = (done: Done) => void;

/** A button that performs an act that asks for nothing more; a refusal shows below it. */
export function ActButton<R>(props: {
  readonly act: string;
  readonly input: unknown;
  readonly version?: number;
  readonly label: string;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  /** What will happen, to be confirmed first: for what cannot be undone. */
  readonly confirm?: string;
  readonly tell?: Tell;
  readonly onDone?: (answer: ActAnswer<R>) => void;
}) {
  const t = useWords(WORDS);
  const perform = useAct<R>(props.act);
  const acts = useActs();
  const [asking, setAsking] = useState(false);
  const run = async () => {
    try {
      // Awaited here: what the act changes may take this very button off the page before it settles.
      const answer = await perform.mutateAsync({
        input: props.input,
        ...(props.version === undefined ? {} : { version: props.version }),
      });
      props.tell?.({ title: acts?.get(props.act)?.title ?? props.label, receiptId: answer.receipt.id });
      props.onDone?.(answer);
      setAsking(false);
    } catch {
      // The refusal shows below the button.
    }
  };
  const button = (label: string, primary: boolean, press: () => void) => (
    <button
      type="button"
      className={`button ${primary ? 'primary' : ''}`}
      disabled={perform.isPending || props.disabled === true}
      aria-busy={perform.isPending}
      onClick={press}
    >
      {perform.isPending ? t.sending : label}
    </button>
  );
  const refusal = perform.error ? (
    <div className="act-refusal">
      <RefusalPanel key={perform.submittedAt} problem={perform.error} asked={props.label} />
    </div>
  ) : null;
  if (!props.confirm)
    return (
      <>
        {button(props.label, props.primary === true, () => void run())}
        {refusal}
      </>
    );
  return (
    <>
      {button(props.label, props.primary === true, () => setAsking(true))}
      {asking ? (
        <Drawer title={props.label} onClose={() => setAsking(false)}>
          <p>{props.confirm}</p>
          <div className="buttons">
            {button(props.label, true, () => void run())}
            <button type="button" className="button" onClick={() => setAsking(false)}>
              {t.back}
            </button>
            {refusal}
          </div>
        </Drawer>
      ) : null}
    </>
  );
}

/** A button that opens the act's form in a sheet; the sheet closes when it is done and the page says so. */
export function ActDrawer<R>(
  props: Omit<ActFormProps<R>, 'submit'> & {
    readonly label: string;
    readonly title?: string;
    readonly explain?: ReactNode;
    readonly primary?: boolean;
    readonly quiet?: boolean;
    readonly submit?: string;
    readonly tell?: Tell;
    /** What to call it when done, where the act's own title says it less well. */
    readonly done?: Text | string;
  },
) {
  const [open, setOpen] = useState(false);
  const acts = useActs();
  const { label, title, explain, primary, quiet, tell, done, onDone, ...form } = props;
  return (
    <>
      <button
        type="button"
        className={`button ${primary ? 'primary' : quiet ? 'quiet' : ''}`}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {open ? (
        <Drawer title={title ?? label} onClose={() => setOpen(false)}>
          {explain ? <p className="faint">{explain}</p> : null}
          <ActForm<R>
            {...form}
            onDone={(answer, input) => {
              setOpen(false);
              tell?.({ title: done ?? acts?.get(props.act)?.title ?? label, receiptId: answer.receipt.id });
              onDone?.(answer, input);
            }}
          />
        </Drawer>
      ) : null}
    </>
  );
}
