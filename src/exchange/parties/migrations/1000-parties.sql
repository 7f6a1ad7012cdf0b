-- What the register of parties keeps besides the party itself (table party, kernel/access).
create table party_register (
  party_id           text primary key references party (id),
  -- Business of a data vendor (Shanghai draft, article 15).
  business_types     text[] not null default '{}',
  -- Which kind of provider of public data (Jinan draft, article 3).
  provider_class     text,
  -- Keeps the platform running for the operator (Jinan draft, article 13).
  maintains_platform boolean not null default false,
  identity_checked_at timestamptz,
  identity_checked_by text
);
