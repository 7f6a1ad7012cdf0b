import { useSubjectTitle } from '../../shared/subject-titles.ts';
import { useTerm } from '../../shared/vocabulary.ts';

/** What the platform makes for a party it calls by the id of what it belongs to, with a version where it has one. */
const OF_SUBJECT = /^((prd|sbg|sbo)_[0-9a-z]+)(?:-(\d+))?(?:\.[a-z]+)?$/;

/** The name of what is kept; what bears an id shows the title of that, and the id on hover. */
export function KeptName({ name }: { readonly name: string }) {
  const [, id, prefix, version] = OF_SUBJECT.exec(name) ?? [];
  return id && prefix ? <OfSubject name={name} id={id} prefix={prefix} version={version} /> : name;
}

function OfSubject(props: {
  readonly name: string;
  readonly id: string;
  readonly prefix: string;
  readonly version: string | undefined;
}) {
  const title = useSubjectTitle(props.id);
  const kind = useTerm('subject')(props.prefix);
  if (!title) return props.name;
  return (
    <span title={props.name}>
      {kind} · {title}
      {props.version ? ` · v${props.version}` : ''}
    </span>
  );
}
