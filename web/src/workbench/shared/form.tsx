import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import './form.css';

/** Values of a form, what is wrong with them, and a submit that stops at the first fault. Nothing typed is ever lost. */
export interface FormState<T> {
  readonly values: T;
  readonly errors: Readonly<Partial<Record<string, string>>>;
  readonly set: <K extends keyof T>(name: K, value: T[K]) => void;
  readonly patch: (change: Partial<T>) => void;
  readonly onSubmit: (run: (values: T) => void) => (event: FormEvent<HTMLFormElement>) => void;
}

/** @param check what is wrong, by field name; asked at submit, and again at each change once a submit was tried */
export function useForm<T extends object>(
  initial: T,
  check: (values: T) => Partial<Record<string, string>>,
): FormState<T> {
  const [values, setValues] = useState(initial);
  const [tried, setTried] = useState(false);
  const scope = useRef<HTMLFormElement | null>(null);
  const errors = tried ? check(values) : {};
  return {
    values,
    errors,
    set: (name, value) => setValues((v) => ({ ...v, [name]: value })),
    patch: (change) => setValues((v) => ({ ...v, ...change })),
    onSubmit: (run) => (event) => {
      event.preventDefault();
      scope.current = event.currentTarget;
      setTried(true);
      if (Object.keys(check(values)).length === 0) return run(values);
      // After the faults are drawn: the first one gets the keyboard.
      requestAnimationFrame(() =>
        scope.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]')?.focus(),
      );
    },
  };
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

function Frame(props: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label className="label" htmlFor={props.id}>
        {props.label}
      </label>
      {props.children}
      {props.hint ? (
        <span className="hint" id={`${props.id}-hint`}>
          {props.hint}
        </span>
      ) : null}
      {props.error ? (
        <span className="field-error" id={`${props.id}-error`}>
          {props.error}
        </span>
      ) : null}
    </div>
  );
}

const described = (id: string, props: FieldProps) => ({
  ...(props.hint || props.error
    ? {
        'aria-describedby': [props.hint ? `${id}-hint` : '', props.error ? `${id}-error` : '']
          .filter(Boolean)
          .join(' '),
      }
    : {}),
  ...(props.error ? { 'aria-invalid': true as const } : {}),
});

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly maxLength?: number;
  readonly type?: 'text' | 'date' | 'number' | 'email' | 'password';
  readonly inputMode?: 'decimal' | 'numeric';
  readonly placeholder?: string;
  readonly suggestions?: readonly string[];
  readonly autoComplete?: string;
  readonly min?: number | string;
}

export function TextField(props: TextFieldProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <input
        id={id}
        className="input"
        type={props.type ?? 'text'}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        {...(props.maxLength ? { maxLength: props.maxLength } : {})}
        {...(props.inputMode ? { inputMode: props.inputMode } : {})}
        {...(props.placeholder ? { placeholder: props.placeholder } : {})}
        {...(props.autoComplete ? { autoComplete: props.autoComplete } : {})}
        {...(props.min === undefined ? {} : { min: props.min })}
        {...(props.suggestions ? { list: `${id}-list` } : {})}
        {...described(id, props)}
      />
      {props.suggestions ? (
        <datalist id={`${id}-list`}>
          {props.suggestions.map((s) => (
            <option key={s} value={s} />
          ))}
        </datalist>
      ) : null}
    </Frame>
  );
}

export function AreaField(
  props: FieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly maxLength?: number;
    readonly rows?: number;
  },
) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <textarea
        id={id}
        className="input"
        rows={props.rows ?? 3}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        {...(props.maxLength ? { maxLength: props.maxLength } : {})}
        {...described(id, props)}
      />
    </Frame>
  );
}

export interface Option {
  readonly value: string;
  readonly title: string;
}

export function SelectField(
  props: FieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly options: readonly Option[];
    readonly empty?: string;
  },
) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        {...described(id, props)}
      >
        {props.empty === undefined ? null : <option value="">{props.empty}</option>}
        {props.options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.title}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function CheckField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      <span>
        {props.label}
        {props.hint ? <small className="faint block">{props.hint}</small> : null}
      </span>
    </label>
  );
}

/** A few exclusive choices, each with a word of explanation. */
export function ChoiceField(props: {
  readonly label: string;
  readonly error?: string | undefined;
  /** Empty while nothing is chosen. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly (Option & { readonly note?: string })[];
}) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend className="label">{props.label}</legend>
      {props.options.map((o) => (
        <label key={o.value} className="check">
          <input
            type="radio"
            name={name}
            value={o.value}
            checked={props.value === o.value}
            onChange={() => props.onChange(o.value)}
            {...(props.error ? { 'data-invalid': true } : {})}
          />
          <span>
            {o.title}
            {o.note ? <small className="faint block">{o.note}</small> : null}
          </span>
        </label>
      ))}
      {props.error ? (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}

/** A section of a long form: what it is about at the left, the fields at the right. */
export function Section(props: { readonly title: string; readonly note?: string; readonly children: ReactNode }) {
  return (
    <section className="form-section">
      <header>
        <h2>{props.title}</h2>
        {props.note ? <p className="faint small">{props.note}</p> : null}
      </header>
      <div>{props.children}</div>
    </section>
  );
}
