-- The court event glossary: the last good copy, and the live case status that links to it.
create table glossary_entry (
    entry_id text primary key,
    ordinal integer not null,
    name text not null,
    description text not null,
    welsh_name text not null default '',
    welsh_description text not null default ''
);
comment on table glossary_entry is 'One court event and what it means.';
comment on column glossary_entry.entry_id is 'Its id, the anchor of its row; two entries may share a name.';
comment on column glossary_entry.ordinal is 'Position in the file.';
comment on column glossary_entry.name is 'Name, English.';
comment on column glossary_entry.description is 'Meaning, English.';
comment on column glossary_entry.welsh_name is 'Name, Welsh.';
comment on column glossary_entry.welsh_description is 'Meaning, Welsh.';

create table live_case_status (
    location_id integer primary key references location on delete cascade,
    updates jsonb not null,
    last_updated timestamptz not null,
    received_at timestamptz not null default now()
);
comment on table live_case_status is 'What is happening now in a court''s rooms.';
comment on column live_case_status.location_id is 'The court.';
comment on column live_case_status.updates is 'One object a court room, as received.';
comment on column live_case_status.last_updated is 'When the court last updated it.';
comment on column live_case_status.received_at is 'When P&I received it.';
grant select, insert, update, delete on glossary_entry, live_case_status to pi_app;
