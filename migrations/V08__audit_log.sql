-- Who did what. The app role appends and reads; nobody but the schema's owner changes history.
create table audit_log (
    audit_id bigint primary key generated always as identity,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject text not null,
    details jsonb not null default '{}'
);
create index on audit_log (subject);
create index on audit_log (at);
comment on table audit_log is 'Append-only record of security-relevant events (LLD control 021).';
comment on column audit_log.audit_id is 'Order of recording.';
comment on column audit_log.at is 'When, by the database''s clock.';
comment on column audit_log.actor is 'Client id, user id or function name; never a name or address.';
comment on column audit_log.action is 'What was done.';
comment on column audit_log.subject is 'The id of what it was done to.';
comment on column audit_log.details is 'Further ids and numbers; never content.';
grant select, insert on audit_log to pi_app;
