-- A cell that its values kept from being told: later cells are held against it as if it had been.
alter table sandbox_told_cell add column withheld boolean not null default false;
