-- Who is told, and about what.
create table subscriber (
    subscriber_id uuid primary key default gen_random_uuid(),
    email text not null,
    user_provenance text not null,
    role text not null default 'VERIFIED',
    tongue text not null default 'en',
    created_at timestamptz not null default now(),
    suspended_at timestamptz,
    unique (user_provenance, email)
);
comment on table subscriber is 'A verified user who receives mail.';
comment on column subscriber.subscriber_id is 'Its id.';
comment on column subscriber.email is 'Where mail goes.';
comment on column subscriber.user_provenance is 'Where the account lives; decides which classified lists may be sent.';
comment on column subscriber.role is 'What the user is; decides which lists may be sent.';
comment on column subscriber.tongue is 'Language of the mail: en or cy.';
comment on column subscriber.created_at is 'When it was first known.';
comment on column subscriber.suspended_at is 'Since when no mail is sent; null while active.';

create table subscription (
    subscription_id uuid primary key default gen_random_uuid(),
    subscriber_id uuid not null references subscriber on delete cascade,
    search_type text not null check (search_type in ('LOCATION_ID', 'CASE_NUMBER', 'CASE_URN', 'CASE_NAME')),
    search_value text not null,
    list_types text[],
    languages text[],
    created_at timestamptz not null default now(),
    unique (subscriber_id, search_type, search_value)
);
create index on subscription (search_type, search_value);
comment on table subscription is 'What one subscriber follows.';
comment on column subscription.subscription_id is 'Its id.';
comment on column subscription.subscriber_id is 'Whose it is.';
comment on column subscription.search_type is 'A court, or a case by number, URN or name.';
comment on column subscription.search_value is 'The court''s id, or the case''s number, URN or name in lower case.';
comment on column subscription.list_types is 'Only these list types; null means every one.';
comment on column subscription.languages is 'Only these languages; null means every one.';
comment on column subscription.created_at is 'When it was made.';
grant select, insert, update, delete on subscriber, subscription to pi_app;
