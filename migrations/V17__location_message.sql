-- What a court wants readers of its page to know (the production services' location metadata).
create table location_message (
    location_id integer primary key references location on delete cascade,
    caution text not null default '',
    welsh_caution text not null default '',
    no_list text not null default '',
    welsh_no_list text not null default '',
    updated_at timestamptz not null default now()
);
comment on table location_message is 'Plain text shown on a court''s page; a court without a row has none.';
comment on column location_message.location_id is 'The court.';
comment on column location_message.caution is 'Shown above its lists, English; empty for none.';
comment on column location_message.welsh_caution is 'The same in Welsh; empty means the English text is shown.';
comment on column location_message.no_list is 'Shown in place of lists while there are none, English; empty for none.';
comment on column location_message.welsh_no_list is 'The same in Welsh; empty means the English text is shown.';
comment on column location_message.updated_at is 'When an operator last changed it.';
grant select, insert, update, delete on location_message to pi_app;
