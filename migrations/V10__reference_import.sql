-- What became of each reference file.
create table reference_import (
    import_id uuid primary key default gen_random_uuid(),
    blob_name text not null,
    sha256 bytea not null,
    kind text not null,
    accepted boolean not null,
    report jsonb not null,
    imported_at timestamptz not null default now()
);
create index on reference_import (kind, imported_at desc);
comment on table reference_import is 'The outcome of one import of one reference file.';
comment on column reference_import.import_id is 'Its id.';
comment on column reference_import.blob_name is 'The file.';
comment on column reference_import.sha256 is 'SHA-256 of its bytes: the same file is not imported twice in a row.';
comment on column reference_import.kind is 'locations or glossary.';
comment on column reference_import.accepted is 'Whether it replaced the data before it.';
comment on column reference_import.report is 'Rows read, added, changed; or every fault by row and column.';
comment on column reference_import.imported_at is 'When.';
grant select, insert on reference_import to pi_app;
