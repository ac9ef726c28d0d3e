-- When each reference file was stored: events come late, twice and out of order, and an older file must not undo a newer one.
alter table reference_import add column file_modified timestamptz;
comment on column reference_import.file_modified is
    'When the file was stored, by the clock of the storage; when it was uploaded, where it came by the API.';
comment on column reference_import.sha256 is 'SHA-256 of its bytes.';
