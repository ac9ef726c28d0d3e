-- Everything P&I owes the outside world is a row here before it happens.
create table effect (
    effect_id uuid primary key default gen_random_uuid(),
    publication_id uuid not null references publication on delete cascade,
    version integer not null,
    recipient text not null default '',
    channel text not null,
    purpose text not null,
    status text not null default 'pending'
        check (status in ('pending', 'claimed', 'done', 'failed', 'cancelled')),
    attempts integer not null default 0,
    uncertain boolean not null default false,
    not_before timestamptz not null default now(),
    leased_until timestamptz,
    lease uuid,
    attempted_at timestamptz,
    provider_id text,
    error text,
    created_at timestamptz not null default now(),
    done_at timestamptz,
    constraint effect_once unique (publication_id, version, recipient, channel, purpose)
);
create index effect_to_do on effect (channel, not_before) where status in ('pending', 'claimed');
comment on table effect is 'A mail, file or notice owed for one version to one recipient; done exactly once.';
comment on column effect.effect_id is 'Also the reference by which the provider knows it.';
comment on column effect.publication_id is 'The publication.';
comment on column effect.version is 'The version it is about.';
comment on column effect.recipient is 'Subscriber id; empty where there is no recipient.';
comment on column effect.channel is 'email or file.';
comment on column effect.purpose is 'Why: subscription, files.';
comment on column effect.status is 'pending, claimed by a worker, done, failed for good, or cancelled as no longer due.';
comment on column effect.attempts is 'How often a worker began it.';
comment on column effect.uncertain is 'An attempt began whose outcome nobody recorded: look it up before another.';
comment on column effect.not_before is 'Database time before which it is left alone.';
comment on column effect.leased_until is 'Database time until which the claim holds.';
comment on column effect.lease is 'The claim; only its holder may record the outcome.';
comment on column effect.attempted_at is 'When the last attempt began.';
comment on column effect.provider_id is 'The provider''s id of what was sent.';
comment on column effect.error is 'Why the last attempt failed: a class, never content.';
comment on column effect.created_at is 'When it became owed.';
comment on column effect.done_at is 'When it was done, failed for good or cancelled.';
grant select, insert, update, delete on effect to pi_app;
