-- What was published when, in one chain of hashes: an entry cannot be changed, removed or slipped in without breaking
-- every entry after it. Entries are appended by one transaction at a time, soon after publication.
create table ledger (
    entry bigint primary key,
    publication_id uuid not null,
    version integer not null,
    sha256 bytea not null,
    received_at timestamptz not null,
    published_at timestamptz not null,
    hash bytea not null,
    unique (publication_id, version)
);
comment on table ledger is 'Tamper-evident record of every version.';
comment on column ledger.entry is 'Position in the chain, from 1 without gaps.';
comment on column ledger.publication_id is 'The publication.';
comment on column ledger.version is 'Its version.';
comment on column ledger.sha256 is 'SHA-256 of the version''s bytes.';
comment on column ledger.received_at is 'When it arrived.';
comment on column ledger.published_at is 'When it was committed.';
comment on column ledger.hash is 'SHA-256 of the hash before and of this entry''s columns in their binary form.';
grant select, insert on ledger to pi_app;

create function extend_ledger() returns integer language plpgsql as $$
declare
    last record;
    next record;
    appended integer := 0;
    chained bytea;
    at_entry bigint;
begin
    perform pg_advisory_xact_lock(hashtext('extend_ledger'));
    select entry, hash into last from ledger order by entry desc limit 1;
    chained := coalesce(last.hash, ''::bytea);
    at_entry := coalesce(last.entry, 0);
    for next in
        select made.publication_id, made.number, made.sha256, made.received_at, made.published_at
          from publication_version made
         where not exists (select from ledger
                            where ledger.publication_id = made.publication_id and ledger.version = made.number)
         order by made.published_at, made.publication_id, made.number
         limit 10000
    loop
        at_entry := at_entry + 1;
        chained := sha256(chained || uuid_send(next.publication_id) || int4send(next.number) || next.sha256
                          || timestamptz_send(next.received_at) || timestamptz_send(next.published_at));
        insert into ledger values (at_entry, next.publication_id, next.number, next.sha256, next.received_at,
                                   next.published_at, chained);
        appended := appended + 1;
    end loop;
    return appended;
end
$$;
comment on function extend_ledger is 'Appends every version that has no entry yet; answers how many.';
