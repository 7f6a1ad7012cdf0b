-- 联合计算: two parties intersect their identifiers, or several add up their numbers, and nobody shows anything. The
-- exchange passes on what is blinded or masked; nothing here can be turned back without a secret that never came here.
create table joint_session (
  id         text primary key,
  kind       text not null check (kind in ('intersection', 'sum')),
  title      text not null,
  purpose    text not null,
  -- Of an intersection: how much of it is told.
  reveal     text check (reveal in ('count', 'ids')),
  -- Of an intersection: what the identifiers are, so that both sides write them alike.
  identifier text,
  -- Of a sum: what is added up, in order.
  fields     text[],
  opened_by  text not null references party (id),
  opened_at  timestamptz not null,
  -- It ends by itself then, and whatever was passed on is cleared.
  until      timestamptz not null,
  state      text not null check (state in ('proposed', 'running', 'done', 'ended')),
  ended_at   timestamptz,
  end_reason text,
  -- {tooFew, count} or {totals}.
  result     jsonb,
  -- SHA-256 over everything that was passed on, in order; stays when the points are cleared.
  transcript text,
  check ((kind = 'intersection') = (reveal is not null and identifier is not null)),
  check ((kind = 'sum') = (fields is not null))
);
create index joint_session_until on joint_session (until) where state in ('proposed', 'running');

create table joint_party (
  session_id text not null references joint_session (id),
  party_id   text not null references party (id),
  joined_at  timestamptz,
  -- On what ground the party uses its data for this: said by itself when it joins.
  ground     text check (ground in ('consent', 'statutory', 'not-personal')),
  -- Of an intersection: how many identifiers it brings, said before it sees anything of the other side.
  size       int,
  -- Of a sum: its key, and its masked numbers.
  public_key text,
  words      text[],
  primary key (session_id, party_id)
);
create index joint_party_of on joint_party (party_id, session_id);

-- Blinded points on their way, in parts; cleared when the session is over.
create table joint_points (
  session_id text not null references joint_session (id),
  party_id   text not null references party (id),
  step       text not null check (step in ('own', 'other')),
  part       int not null check (part >= 0),
  points     bytea not null,
  primary key (session_id, party_id, step, part)
);
